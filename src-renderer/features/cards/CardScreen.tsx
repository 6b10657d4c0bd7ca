/** A grading opened from the library, at /cards/<id>. */
import { Button } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { GradingPage } from './GradingPage.tsx';

export function CardScreen({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  return (
    <GradingPage
      id={id}
      primary={
        <Button component={Link} href="/cards" variant="default" leftSection={<IconArrowLeft size={15} aria-hidden />}>
          {t('result.actions.back')}
        </Button>
      }
    />
  );
}
