/** Take a picture with the rig, or choose one from a file. */
import { Button, FileButton } from '@mantine/core';
import { IconCamera, IconUpload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

export interface ShotButtonsProps {
  readonly busy: boolean;
  readonly label: string;
  readonly onTake: (file: File | null) => void;
}

const pictures = 'image/png,image/tiff,image/jpeg';

export function ShotButtons({ busy, label, onTake }: ShotButtonsProps) {
  const { t } = useTranslation();
  return (
    <>
      <Button leftSection={<IconCamera size={16} aria-hidden />} loading={busy} onClick={() => onTake(null)}>
        {label}
      </Button>
      <FileButton accept={pictures} onChange={(file) => file && onTake(file)} disabled={busy}>
        {(props) => (
          <Button {...props} variant="default" leftSection={<IconUpload size={16} aria-hidden />} disabled={busy}>
            {t('calibrate.choose')}
          </Button>
        )}
      </FileButton>
    </>
  );
}
