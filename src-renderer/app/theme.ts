/** The look: system fonts, dense sizes, one calm accent; light and dark share the same steps. */
import {
  Button,
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  Modal,
  Notification,
  NumberInput,
  SegmentedControl,
  Select,
  TextInput,
  Tooltip,
} from '@mantine/core';
import { t } from '../messages/index.ts';

const petrol: MantineColorsTuple = [
  '#e7f5f9',
  '#cfe7ef',
  '#9ccddf',
  '#66b3cf',
  '#3c9cc0',
  '#238cb4',
  '#15749a',
  '#0f5f80',
  '#0b4e6a',
  '#073a50',
];

const fonts = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", Arial, sans-serif';
const mono = 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Consolas, monospace';

export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 6 },
  colors: { petrol },
  fontFamily: fonts,
  fontFamilyMonospace: mono,
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ defaultProps: { size: 'xs' } }),
    TextInput: TextInput.extend({ defaultProps: { size: 'xs' } }),
    NumberInput: NumberInput.extend({ defaultProps: { size: 'xs' } }),
    Select: Select.extend({ defaultProps: { size: 'xs', allowDeselect: false, comboboxProps: { shadow: 'md' } } }),
    SegmentedControl: SegmentedControl.extend({ defaultProps: { size: 'xs' } }),
    // Locking the page's scroll would write a style tag that the security policy refuses.
    Modal: Modal.extend({
      defaultProps: { lockScroll: false, closeButtonProps: { 'aria-label': t('actions.close') } },
    }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { 'aria-label': t('actions.close') } } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 400, withArrow: true, fz: 12 } }),
  },
});

/** Our own tokens, used by the style sheets; pairs of text and ground are AA in both schemes. */
export const tokens: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--tg-ground': '#eceff1',
    '--tg-panel': '#ffffff',
    '--tg-raised': '#f6f8f9',
    '--tg-line': '#d3d9dd',
    '--tg-line-strong': '#8d999f',
    '--tg-text': '#15191c',
    '--tg-dim': '#505b63',
    '--tg-accent': '#0f5f80',
    '--tg-accent-soft': '#dcecf3',
    '--tg-pass': '#1a6b35',
    '--tg-pass-soft': '#dff1e4',
    '--tg-warn': '#855000',
    '--tg-warn-soft': '#fdeecb',
    '--tg-fail': '#b0201c',
    '--tg-fail-soft': '#fbe3e1',
    '--tg-sim': '#6b2fa0',
    '--tg-sim-soft': '#efe4f8',
    '--mantine-color-body': '#eceff1',
    '--mantine-color-text': '#15191c',
    '--mantine-color-dimmed': '#505b63',
    '--mantine-color-placeholder': '#626d74',
    '--mantine-color-error': '#b0201c',
  },
  dark: {
    '--tg-ground': '#111416',
    '--tg-panel': '#191d20',
    '--tg-raised': '#20262a',
    '--tg-line': '#30383d',
    '--tg-line-strong': '#6d7a82',
    '--tg-text': '#e9eef0',
    '--tg-dim': '#a3afb6',
    '--tg-accent': '#74c3e0',
    '--tg-accent-soft': '#17394a',
    '--tg-pass': '#74d18d',
    '--tg-pass-soft': '#153320',
    '--tg-warn': '#f2bd52',
    '--tg-warn-soft': '#3d2e0d',
    '--tg-fail': '#ff8d85',
    '--tg-fail-soft': '#451c1a',
    '--tg-sim': '#cfa5f2',
    '--tg-sim-soft': '#33224a',
    '--mantine-color-body': '#111416',
    '--mantine-color-text': '#e9eef0',
    '--mantine-color-dimmed': '#a3afb6',
    '--mantine-color-placeholder': '#939fa6',
    '--mantine-color-error': '#ff8d85',
  },
});
