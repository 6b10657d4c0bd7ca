/** Providers and routes. */
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { CardScreen } from '../features/cards/CardScreen.tsx';
import { CardsScreen } from '../features/cards/CardsScreen.tsx';
import { GradeScreen } from '../features/grade/GradeScreen.tsx';
import { t } from '../messages/index.ts';
import { queryClient } from '../rpc/index.ts';
import { Shell } from '../shell/Shell.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Loading } from '../ui/Loading.tsx';
import { preferencesSchemeManager } from './colorScheme.ts';
import { styleNonce } from './nonce.ts';
import { theme, tokens } from './theme.ts';

const JobsScreen = lazy(async () => ({ default: (await import('../features/jobs/JobsScreen.tsx')).JobsScreen }));
const GaugeScreen = lazy(async () => ({ default: (await import('../features/gauge/GaugeScreen.tsx')).GaugeScreen }));
const NewStudy = lazy(async () => ({ default: (await import('../features/gauge/NewStudy.tsx')).NewStudy }));
const ImportStudy = lazy(async () => ({ default: (await import('../features/gauge/ImportStudy.tsx')).ImportStudy }));
const StudyScreen = lazy(async () => ({ default: (await import('../features/gauge/StudyScreen.tsx')).StudyScreen }));
const LogsScreen = lazy(async () => ({ default: (await import('../features/logs/LogsScreen.tsx')).LogsScreen }));
const CalibrateScreen = lazy(async () => ({
  default: (await import('../features/calibrate/CalibrateScreen.tsx')).CalibrateScreen,
}));
const TemplatesScreen = lazy(async () => ({
  default: (await import('../features/templates/TemplatesScreen.tsx')).TemplatesScreen,
}));
const SystemScreen = lazy(async () => ({
  default: (await import('../features/system/SystemScreen.tsx')).SystemScreen,
}));
const SheetScreen = lazy(async () => ({ default: (await import('../features/sheet/SheetScreen.tsx')).SheetScreen }));
const SettingsScreen = lazy(async () => ({
  default: (await import('../features/settings/SettingsScreen.tsx')).SettingsScreen,
}));

const schemeManager = preferencesSchemeManager();

export function App() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={tokens}
      colorSchemeManager={schemeManager}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
    >
      <QueryClientProvider client={queryClient}>
        <Notifications position="bottom-right" limit={3} />
        <Shell>
          <Suspense fallback={<Loading />}>
            <Routes />
          </Suspense>
        </Shell>
      </QueryClientProvider>
    </MantineProvider>
  );
}

function Routes() {
  return (
    <Switch>
      <Route path="/">
        <Redirect to="/grade" replace />
      </Route>
      <Route path="/grade/sheet/:id">{({ id }) => <SheetScreen key={id} id={id} />}</Route>
      <Route path="/grade/:jobId?">{({ jobId }) => <GradeScreen jobId={jobId} />}</Route>
      <Route path="/cards">
        <CardsScreen />
      </Route>
      <Route path="/cards/:id">{({ id }) => <CardScreen key={id} id={id} />}</Route>
      <Route path="/templates">
        <TemplatesScreen />
      </Route>
      <Route path="/jobs">
        <JobsScreen />
      </Route>
      <Route path="/gauge">
        <GaugeScreen />
      </Route>
      <Route path="/gauge/new">
        <NewStudy />
      </Route>
      <Route path="/gauge/import">
        <ImportStudy />
      </Route>
      <Route path="/gauge/:id">{({ id }) => <StudyScreen key={id} id={id} />}</Route>
      <Route path="/logs">
        <LogsScreen />
      </Route>
      <Route path="/calibrate">
        <CalibrateScreen />
      </Route>
      <Route path="/system">
        <SystemScreen />
      </Route>
      <Route path="/settings">
        <SettingsScreen />
      </Route>
      <Route>
        <EmptyState title={t('errors.noSuchPage')} action={{ label: t('errors.noSuchPageNext'), href: '/grade' }} />
      </Route>
    </Switch>
  );
}
