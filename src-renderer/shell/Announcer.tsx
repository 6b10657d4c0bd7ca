/** Two live regions that speak what the eye sees anyway. */
import { useAnnouncements } from '../state/announcer.ts';

export function Announcer() {
  const { polite, assertive } = useAnnouncements();
  return (
    <>
      <div className="tg-hidden" aria-live="polite" data-testid="announce-polite">
        {polite}
      </div>
      <div className="tg-hidden" aria-live="assertive" data-testid="announce-assertive">
        {assertive}
      </div>
    </>
  );
}
