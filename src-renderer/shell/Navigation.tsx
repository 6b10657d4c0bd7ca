/** Left navigation: the screens of the viewed role, the role switcher, desk and connection. */
import { ActionIcon, NativeSelect, Tooltip } from '@mantine/core';
import {
  IconCards,
  IconFileText,
  IconFocusCentered,
  IconKeyboard,
  IconListCheck,
  IconMoon,
  IconPhotoScan,
  IconRulerMeasure,
  IconServerCog,
  IconSettings,
  IconSun,
  IconSunMoon,
  IconTargetArrow,
} from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { roleSchema } from '../../src-main/contract/system.ts';
import { connection } from '../rpc/index.ts';
import { useJobs } from '../state/jobs.ts';
import { setPreferences } from '../state/preferences.ts';
import { rolesToView } from '../state/roles.ts';
import { useSession, useViewedRole } from '../state/session.ts';
import { ShortcutTip } from '../ui/Keys.tsx';
import { entriesFor, isCurrent, type ScreenName } from './navigation.ts';
import styles from './Shell.module.css';

const icons: Record<ScreenName, typeof IconCards> = {
  grade: IconTargetArrow,
  cards: IconCards,
  templates: IconPhotoScan,
  jobs: IconListCheck,
  gauge: IconRulerMeasure,
  logs: IconFileText,
  calibrate: IconFocusCentered,
  system: IconServerCog,
  settings: IconSettings,
};

const schemeIcons = { auto: IconSunMoon, light: IconSun, dark: IconMoon };

export interface NavigationProps {
  readonly onHelp: () => void;
  readonly onScheme: () => void;
  readonly scheme: 'auto' | 'light' | 'dark';
}

export function Navigation({ onHelp, onScheme, scheme }: NavigationProps) {
  const { t } = useTranslation();
  const role = useViewedRole();
  const SchemeIcon = schemeIcons[scheme];
  const schemeLabel = t('nav.theme', { scheme: t(`settings.schemes.${scheme}`) });
  return (
    <nav className={styles.nav} aria-label={t('nav.label')}>
      <div className={styles.brand}>
        <img src="/favicon.svg" width={22} height={22} alt="" />
        <span className={styles.brandText}>{t('app.short')}</span>
      </div>
      <ul className={styles.list}>
        {role
          ? entriesFor(role).map((entry) => (
              <NavEntry key={entry.screen} screen={entry.screen} href={entry.href} command={entry.command} />
            ))
          : null}
      </ul>
      <div className={styles.foot}>
        <RoleSwitch />
        <Station />
        <div className={styles.tools}>
          <ShortcutTip command="theme" label={schemeLabel} position="right">
            <ActionIcon variant="subtle" color="gray" onClick={onScheme} aria-label={schemeLabel}>
              <SchemeIcon size={18} aria-hidden />
            </ActionIcon>
          </ShortcutTip>
          <ShortcutTip command="help" label={t('nav.help')} position="right">
            <ActionIcon variant="subtle" color="gray" onClick={onHelp} aria-label={t('nav.help')}>
              <IconKeyboard size={18} aria-hidden />
            </ActionIcon>
          </ShortcutTip>
        </div>
      </div>
    </nav>
  );
}

function NavEntry({
  screen,
  href,
  command,
}: Pick<ReturnType<typeof entriesFor>[number], 'screen' | 'href' | 'command'>) {
  const { t } = useTranslation();
  const [path] = useLocation();
  const running = useJobs((state) => [...state.jobs.values()].filter(({ state: s }) => s === 'running').length);
  const Icon = icons[screen];
  const current = isCurrent({ screen, href, command, roles: [] }, path);
  return (
    <li>
      {/* Not on the screen itself: after a click the pointer rests here, and the tip would hide the first rows. */}
      <ShortcutTip command={command} label={t(`nav.${screen}`)} position="right" disabled={current}>
        <Link href={href} className={styles.entry} aria-current={current ? 'page' : undefined}>
          <Icon size={18} aria-hidden />
          <span className={styles.entryText}>{t(`nav.${screen}`)}</span>
          {screen === 'jobs' && running > 0 ? (
            <span className={styles.count} title={t('nav.runningJobs', { count: running })}>
              {running}
            </span>
          ) : null}
        </Link>
      </ShortcutTip>
    </li>
  );
}

function RoleSwitch() {
  const { t } = useTranslation();
  const session = useSession().data;
  const viewed = useViewedRole();
  if (!session || !viewed) return null;
  const roles = rolesToView(session.role);
  if (roles.length < 2) return null;
  return (
    <NativeSelect
      className={styles.roleSwitch ?? ''}
      size="xs"
      label={t('nav.viewAs')}
      value={viewed}
      onChange={(event) => setPreferences({ viewAs: roleSchema.catch(session.role).parse(event.currentTarget.value) })}
      data={roles.map((role) => ({ value: role, label: t(`roles.${role}`) }))}
    />
  );
}

function Station() {
  const { t } = useTranslation();
  const state = useSyncExternalStore(connection.subscribe, connection.getState);
  const session = useSession().data;
  const where = session ? t('nav.station', { station: session.station }) : t('actions.loading');
  const how = state.kind === 'open' ? t('connection.open') : t('connection.connecting');
  return (
    <Tooltip label={`${where} · ${how}`} position="right">
      <div className={styles.station}>
        <span className={styles.dot} data-state={state.kind} />
        <span className={styles.stationText}>{where}</span>
      </div>
    </Tooltip>
  );
}
