/** Names that the core makes up, such as those of checks: from the catalogue when it knows them, else readable as they are. */
import { en } from './en.ts';
import { t } from './index.ts';

type KnownCheck = keyof typeof en.checks;

function isKnownCheck(name: string): name is KnownCheck {
  return Object.hasOwn(en.checks, name);
}

export function checkName(name: string): string {
  return isKnownCheck(name) ? t(`checks.${name}`) : readable(name);
}

/** `edgeResidualPx` → `Edge residual px`. */
export function readable(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[._-]+/g, ' ')
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
