/** The whole screen takes a dropped capture folder or image. */
import { IconFolderDown } from '@tabler/icons-react';
import { type DragEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toAppErrorData } from '../../rpc/index.ts';
import { droppedIn, filesOf } from './dropFiles.ts';
import styles from './grade.module.css';
import { choose, setGrade } from './gradeStore.ts';

export interface DropAreaProps {
  readonly enabled: boolean;
  readonly onChosen: () => void;
  readonly children: ReactNode;
}

export function DropArea({ enabled, onChosen, children }: DropAreaProps) {
  const { t } = useTranslation();
  /** Enter and leave come for every child; only their balance says whether the pointer is inside. */
  const [depth, setDepth] = useState(0);
  const isFiles = (event: DragEvent) => enabled && event.dataTransfer.types.includes('Files');
  const onDrop = async (event: DragEvent) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    setDepth(0);
    const dropped = droppedIn(event.dataTransfer);
    try {
      choose(await filesOf(dropped));
    } catch (error) {
      setGrade({ problem: toAppErrorData(error) });
    }
    onChosen();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping has its keyboard way in the file buttons
    <div
      className={styles.drop}
      onDragEnter={(event) => {
        if (!isFiles(event)) return;
        event.preventDefault();
        setDepth((now) => now + 1);
      }}
      onDragOver={(event) => {
        if (isFiles(event)) event.preventDefault();
      }}
      onDragLeave={() => setDepth((now) => Math.max(0, now - 1))}
      onDrop={(event) => void onDrop(event)}
      data-testid="drop-area"
    >
      {children}
      {depth > 0 ? (
        <div className={styles.dropHint}>
          <IconFolderDown size={40} aria-hidden />
          <p>{t('grade.drop')}</p>
        </div>
      ) : null}
    </div>
  );
}
