/** The main job: choose what to grade, one key grades it, the result stands on the same screen. */
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { useShortcut } from '../../shortcuts/index.ts';
import { useMayWork } from '../../state/session.ts';
import { useDocumentTitle } from '../../ui/Screen.tsx';
import { DropArea } from './DropArea.tsx';
import { cancelStart, prepareNext, startGrading, useGrade, useReady } from './gradeStore.ts';
import { JobView } from './JobView.tsx';
import { SourceChooser } from './SourceChooser.tsx';
import { useRig } from './useRig.ts';

export function GradeScreen({ jobId }: { readonly jobId: string | undefined }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const mayWork = useMayWork();
  const rig = useRig();
  const connected = rig?.state === 'connected' || rig?.state === 'busy';
  const ready = useReady(connected) && mayWork;
  const starting = useGrade((state) => state.starting !== null);
  useDocumentTitle(t('grade.title'));

  const start = async () => {
    const started = await startGrading(rig?.id ?? null);
    // Not started, for instance because the chosen files are gone after a reload: back to choosing, where it says why.
    if (started === null) navigate('/grade');
    else navigate(`${started.kind === 'sheet' ? '/grade/sheet' : '/grade'}/${encodeURIComponent(started.id)}`);
  };
  const next = () => {
    prepareNext();
    navigate('/grade');
  };
  useShortcut('gradeCancel', cancelStart, starting);

  return (
    <DropArea enabled={mayWork} onChosen={() => navigate('/grade')}>
      {jobId === undefined ? (
        <SourceChooser rig={rig} ready={ready} onStart={() => void start()} />
      ) : (
        <JobView key={jobId} jobId={jobId} onNext={next} onRetry={() => void start()} onStart={start} />
      )}
    </DropArea>
  );
}
