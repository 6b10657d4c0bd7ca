/** Puts text onto the clipboard, also where the page has no permission for it, as in the desktop window. */

/** @returns whether the text is on the clipboard */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Refused, or no clipboard at all: outside of secure contexts `navigator.clipboard` is undefined.
    return copyBySelection(text);
  }
}

/** The old way needs no permission, only a selection and a person's key press or click shortly before. */
function copyBySelection(text: string): boolean {
  const before = document.activeElement;
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  area.className = 'tg-hidden';
  // Inside an open dialog, whose focus trap would take the focus back from anywhere else.
  (before?.closest('[role="dialog"]') ?? document.body).append(area);
  try {
    area.select();
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    area.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  }
}
