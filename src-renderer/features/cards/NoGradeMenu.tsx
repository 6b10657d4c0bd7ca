/** A person's no-grade mark on a result: a code with a reason, and a way to take it back. */
import { Button, Group, Menu, Modal, NativeSelect, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconBan, IconChevronDown } from '@tabler/icons-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Grading } from '../../../src-main/contract/gradings.ts';
import { type NoGradeMark, noGradeCodes } from '../../../src-main/contract/noGrade.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useRegrade } from '../result/useRegrade.ts';

export function NoGradeMenu({ grading }: { readonly grading: Grading }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const { noGrade } = grading.report.grade;
  const marked = noGrade?.by === 'person' ? noGrade.code : null;
  const target = useRef<HTMLButtonElement>(null);
  const changedFrom = useRef<string | null | undefined>(undefined);
  const mark = useRegrade(grading, (_, { noGrade: given }) => {
    setOpen(false);
    changedFrom.current = marked;
    notifications.show({
      message: given ? t('result.noGradeMark.marked', { code: given.code }) : t('result.noGradeMark.takenBack'),
    });
  });
  // The button is another one after a change; whoever works by the keyboard stays on it.
  useEffect(() => {
    if (mark.pending || changedFrom.current === undefined || changedFrom.current === marked) return;
    changedFrom.current = undefined;
    target.current?.focus();
  }, [marked, mark.pending]);
  const send = (given: NoGradeMark | null) => mark.judge({ noGrade: given });
  const button = {
    ref: target,
    variant: 'default',
    leftSection: <IconBan size={15} aria-hidden />,
    loading: mark.pending,
  } as const;
  return (
    <>
      {marked ? (
        <Menu shadow="md" position="bottom-end">
          <Menu.Target>
            <Button {...button} rightSection={<IconChevronDown size={14} aria-hidden />}>
              {t('result.noGradeMark.button')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => send(null)}>{t('result.noGradeMark.takeBack', { code: marked })}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      ) : (
        <Button {...button} onClick={() => setOpen(true)}>
          {t('result.noGradeMark.button')}
        </Button>
      )}
      <Modal opened={open} onClose={() => setOpen(false)} title={t('result.noGradeMark.title')}>
        <MarkForm onSend={send} onCancel={() => setOpen(false)} busy={mark.pending} />
        {mark.error ? <ErrorNotice error={mark.error} /> : null}
      </Modal>
    </>
  );
}

interface MarkFormProps {
  readonly onSend: (mark: NoGradeMark) => void;
  readonly onCancel: () => void;
  readonly busy: boolean;
}

/** Codes in the order in which a person meets them most: trimming first. */
function MarkForm({ onSend, onCancel, busy }: MarkFormProps) {
  const { t } = useTranslation();
  const [code, setCode] = useState<NoGradeMark['code']>('N1');
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const short = reason.trim().length < 3;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!short) onSend({ code, reason: reason.trim() });
  };
  return (
    <form onSubmit={submit}>
      <p className="tg-dim">{t('result.noGradeMark.intro')}</p>
      <NativeSelect
        mt="sm"
        label={t('result.noGradeMark.code')}
        value={code}
        data={noGradeCodes.map((value) => ({ value, label: `${value} · ${t(`result.noGradeMark.codes.${value}`)}` }))}
        onChange={(event) => {
          const chosen = noGradeCodes.find((value) => value === event.currentTarget.value);
          if (chosen) setCode(chosen);
        }}
      />
      <Textarea
        label={t('result.noGradeMark.reason')}
        description={t('result.noGradeMark.reasonHint')}
        value={reason}
        maxLength={300}
        error={tried && short ? t('result.noGradeMark.tooShort') : undefined}
        onChange={(event) => setReason(event.currentTarget.value)}
        mt="sm"
        autosize
        minRows={2}
        data-autofocus
      />
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onCancel}>
          {t('result.noGradeMark.cancel')}
        </Button>
        <Button type="submit" loading={busy}>
          {t('result.noGradeMark.submit')}
        </Button>
      </Group>
    </form>
  );
}
