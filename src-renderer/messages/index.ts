/** The message catalogue: every visible word comes from here, numbers and units from `format.ts`. */
import i18next, { type ParseKeys } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
  }
}

/** A key of the catalogue; a misspelt one does not compile. */
export type MessageKey = ParseKeys;

export const messages = i18next.createInstance();

void messages.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: en } },
  interpolation: { escapeValue: false },
  initAsync: false,
});

export const t = messages.t.bind(messages);
export { en } from './en.ts';
