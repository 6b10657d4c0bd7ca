/** A one-time link for another desk. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Role, roleSchema } from '../../../src-main/contract/system.ts';
import { moment } from '../../messages/format.ts';
import { api } from '../../rpc/index.ts';
import { copyText } from '../../ui/clipboard.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Panel } from '../../ui/Screen.tsx';
import styles from './system.module.css';

export function InvitePanel() {
  const { t } = useTranslation();
  const [role, setRole] = useState<Role>('operator');
  const invite = useMutation(api.session.invite.mutationOptions());
  const link = invite.data ? inviteLink(location.origin, invite.data.token) : null;
  const copy = async (text: string) => {
    if (await copyText(text)) notifications.show({ message: t('system.invite.copied') });
    else
      notifications.show({
        color: 'red',
        title: t('result.actions.copyFailed'),
        message: t('system.invite.copyFailedNext'),
      });
  };
  return (
    <Panel title={t('system.invite.title')} note={t('system.invite.about')}>
      <div className={styles.invite}>
        <NativeSelect
          size="xs"
          label={t('system.invite.role')}
          value={role}
          onChange={(event) => setRole(roleSchema.catch('operator').parse(event.currentTarget.value))}
          data={roleSchema.options.map((value) => ({ value, label: t(`roles.${value}`) }))}
        />
        <Button loading={invite.isPending} onClick={() => invite.mutate({ role })}>
          {t('system.invite.create')}
        </Button>
      </div>
      {invite.error ? <ErrorNotice error={invite.error} /> : null}
      {link && invite.data ? (
        <div className={styles.invite}>
          <TextInput
            className={styles.link ?? ''}
            label={t('system.invite.link')}
            description={t('system.invite.expires', { time: moment(invite.data.expiresAt) })}
            inputWrapperOrder={['label', 'input', 'description']}
            readOnly
            value={link}
            onFocus={(event) => event.currentTarget.select()}
          />
          <Button variant="default" onClick={() => void copy(link)}>
            {t('actions.copy')}
          </Button>
        </div>
      ) : null}
    </Panel>
  );
}

/** The core takes the token from the query of the first page and turns it into the session's cookie. */
export function inviteLink(origin: string, token: string): string {
  return `${origin}/?token=${encodeURIComponent(token)}`;
}
