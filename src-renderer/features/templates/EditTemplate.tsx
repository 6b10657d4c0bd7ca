/** Changing a template's name, set, frame or uncertainty: a new version, with undo. */
import { ActionIcon, Button, Modal } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconPencil } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TemplateChange, TemplateSummary } from '../../../src-main/contract/templates.ts';
import { core } from '../../rpc/index.ts';
import { useSuspendedShortcuts } from '../../shortcuts/index.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { noteVersion } from './changes.tsx';
import { DesignFields, designOf, saidOf } from './DesignFields.tsx';
import styles from './templates.module.css';

export function EditTemplate({ item, disabled }: { readonly item: TemplateSummary; readonly disabled: boolean }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  useSuspendedShortcuts(open);
  const label = t('templates.edit.open', { name: item.name });
  return (
    <>
      <ActionIcon variant="default" disabled={disabled} aria-label={label} title={label} onClick={() => setOpen(true)}>
        <IconPencil size={16} aria-hidden />
      </ActionIcon>
      <Modal opened={open} onClose={() => setOpen(false)} title={t('templates.edit.title')}>
        <Form item={item} onDone={() => setOpen(false)} />
      </Modal>
    </>
  );
}

function Form({ item, onDone }: { readonly item: TemplateSummary; readonly onDone: () => void }) {
  const { t } = useTranslation();
  const [design, setDesign] = useState(() => designOf(item));
  const fixedReference = item.reference.kind === 'margins';
  const save = useMutation({
    mutationFn: (change: TemplateChange) => core.templates.revise({ id: item.id, change }),
    onSuccess: (made) => {
      if (made.version === item.version) notifications.show({ message: t('templates.edit.unchanged') });
      else noteVersion(made, item.version);
      onDone();
    },
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        const { exampleUncertaintyMm, ...said } = saidOf(design);
        save.mutate(fixedReference ? said : { ...said, exampleUncertaintyMm });
      }}
    >
      <p className={styles.fine}>{t('templates.edit.about')}</p>
      <DesignFields design={design} onChange={setDesign} fixedReference={fixedReference} />
      {save.error ? <ErrorNotice error={save.error} /> : null}
      <div>
        <Button type="submit" disabled={design.name.trim() === ''} loading={save.isPending}>
          {t('templates.edit.save')}
        </Button>
      </div>
    </form>
  );
}
