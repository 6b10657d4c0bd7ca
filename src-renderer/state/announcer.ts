/** Short spoken notes for screen readers: progress politely, results and failures at once. */
import { create } from 'zustand';

interface Announcements {
  readonly polite: string;
  readonly assertive: string;
}

export const useAnnouncements = create<Announcements>(() => ({ polite: '', assertive: '' }));

export function announce(text: string, urgency: keyof Announcements = 'polite'): void {
  useAnnouncements.setState({ [urgency]: text });
}
