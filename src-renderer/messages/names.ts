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

type KnownComponent = keyof typeof en.budgetComponents;

function isKnownComponent(id: string): id is KnownComponent {
  return Object.hasOwn(en.budgetComponents, id);
}

/** A component of the uncertainty budget. */
export function budgetComponent(id: string): string {
  return isKnownComponent(id) ? t(`budgetComponents.${id}`) : readable(id);
}

type KnownPointStatus = keyof typeof en.pointStatus;

function isKnownPointStatus(status: string): status is KnownPointStatus {
  return Object.hasOwn(en.pointStatus, status);
}

/** Why a station has no width, in a word or two. */
export function pointStatus(status: string): string {
  return isKnownPointStatus(status) ? t(`pointStatus.${status}`) : readable(status).toLowerCase();
}

type KnownStage = keyof typeof en.stages;

function isKnownStage(name: string): name is KnownStage {
  return Object.hasOwn(en.stages, name);
}

type KnownActivity = keyof typeof en.activities;

function isKnownActivity(name: string): name is KnownActivity {
  return Object.hasOwn(en.activities, name);
}

/** What a job does now: a stage of the pipeline, or whatever else the core calls it. */
export function activityName(activity: string): string {
  if (isKnownStage(activity)) return t(`stages.${activity}`);
  return isKnownActivity(activity) ? t(`activities.${activity}`) : readable(activity);
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
