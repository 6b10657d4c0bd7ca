/** Entry of the page. */
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { connection, refreshOnReconnect } from '../rpc/index.ts';
import { listenForShortcuts } from '../shortcuts/index.ts';
import { followJobs } from '../state/jobs.ts';
import { App } from './App.tsx';

connection.start();
refreshOnReconnect();
followJobs();
listenForShortcuts(window);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
