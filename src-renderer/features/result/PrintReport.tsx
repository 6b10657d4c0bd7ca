/** The sheet that is printed: all figures of one side on paper, with a still picture. Hidden on the screen. */
import { useTranslation } from 'react-i18next';
import { sides } from '../../../src-main/contract/geometry.ts';
import type { Grading } from '../../../src-main/contract/gradings.ts';
import type { Report } from '../../../src-main/contract/report.ts';
import { capital, fixed, gradeNumber, micrometres, mm, moment, percent, whole } from '../../messages/format.ts';
import { imageUrl } from '../../rpc/index.ts';
import { SimulatedBadge } from '../../ui/SimulatedBadge.tsx';
import table from '../../ui/table.module.css';
import { Borders } from '../../viewer/Overlay.tsx';
import { defectsWorstFirst, type Scene } from '../../viewer/scene.ts';
import { CardDiagram } from './CardDiagram.tsx';
import { CardFacts } from './CardFacts.tsx';
import { CornersAndEdges } from './CornersAndEdges.tsx';
import styles from './print.module.css';
import { StandingNote } from './StandingNote.tsx';

export function PrintReport({ grading, scene }: { readonly grading: Grading; readonly scene: Scene }) {
  const { t } = useTranslation();
  const { report, summary } = grading;
  const { grade, measurement, software } = report;
  return (
    <article className={styles.sheet} aria-hidden>
      <header className={styles.head}>
        <div className={styles.big}>{gradeNumber(grade.overall)}</div>
        <div>
          <h1>
            {t('result.print.title')}: {summary.cardId ?? summary.sourceName}, {t(`cardSide.${report.side}`)}
          </h1>
          <p>
            {grade.noGrade
              ? t('result.noGradeMark.headline', {
                  code: grade.noGrade.code,
                  name: t(`result.noGradeMark.codes.${grade.noGrade.code}`),
                })
              : (grade.label ?? t('result.noGrade'))}
            {grade.score1000 === null ? '' : ` · ${t('result.score', { score: whole(grade.score1000) })}`}
          </p>
          <p>
            {t('result.by', {
              standard: grade.standard.toUpperCase(),
              version: grade.standardVersion,
              rules: grade.rulesVersion,
            })}{' '}
            · {moment(report.createdAt)}
          </p>
          {report.simulated ? <SimulatedBadge /> : null}
          <StandingNote report={report} />
        </div>
      </header>
      <div className={styles.columns}>
        <Picture grading={grading} scene={scene} />
        <div>{measurement ? <CardDiagram measurement={measurement} /> : null}</div>
      </div>
      <Figures grading={grading} />
      <Verdicts report={report} />
      <CardFacts report={report} />
      <Costs grading={grading} />
      <CornersAndEdges report={report} />
      <footer className={styles.foot}>
        {t('result.print.measuredBy', { version: software.version, commit: software.commit.slice(0, 10) })}{' '}
        {t('result.print.uncertaintyNote')}
      </footer>
    </article>
  );
}

function Picture({ grading, scene }: { readonly grading: Grading; readonly scene: Scene }) {
  const photo = grading.views.find(({ name }) => name === 'photo');
  if (!photo) return null;
  return (
    <svg className={styles.picture} viewBox={`-0.5 -0.5 ${photo.widthPx} ${photo.heightPx}`} aria-hidden>
      <image href={imageUrl(photo.image)} x={-0.5} y={-0.5} width={photo.widthPx} height={photo.heightPx} />
      <Borders scene={scene} />
    </svg>
  );
}

function Figures({ grading }: { readonly grading: Grading }) {
  const { t } = useTranslation();
  const { grade, measurement } = grading.report;
  return (
    <table className={table.table}>
      <tbody>
        {(['centering', 'corners', 'edges', 'surface'] as const).map((name) => (
          <tr key={name}>
            <th scope="row">{t(`subgrades.${name}`)}</th>
            <td className={table.num}>{gradeNumber(grade.subgrades[name])}</td>
            <td className={table.num}>{whole(grade.scores1000[name])}</td>
            <td>{grade.limitedBy.includes(name) ? t('result.limiting') : ''}</td>
          </tr>
        ))}
        {sides.map((side) => (
          <tr key={side}>
            <th scope="row">
              {t('result.widths.mean')} {t(`sides.${side}`)}
            </th>
            <td className={table.num}>
              {fixed(measurement?.meanMm[side], 3)} {t('result.widths.unitMm')}
            </td>
            <td />
            <td />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** One line for each standard that publishes limits for this side. */
function Verdicts({ report }: { readonly report: Report }) {
  const { t } = useTranslation();
  const judged = report.verdicts.filter(({ steps }) => steps.length > 0);
  if (judged.length === 0) return null;
  return (
    <>
      <h2>{t('result.verdicts.title')}</h2>
      <ul>
        {judged.map(({ standard, name, version, best, next }) => (
          <li key={standard}>
            {name} {version}: {best ? t('result.print.passes', { label: best.label }) : t('result.print.passesNone')}
            {next
              ? `; ${next.label} · ${t('result.verdicts.probability', { percent: percent(next.probability) })}`
              : ''}
          </li>
        ))}
      </ul>
    </>
  );
}

function Costs({ grading }: { readonly grading: Grading }) {
  const { t } = useTranslation();
  const { grade, surface } = grading.report;
  return (
    <>
      <h2>{t('result.costs.title')}</h2>
      <ul>
        {grade.costs.map((cost) => (
          <li key={`${cost.rule} ${cost.defectId ?? cost.place ?? ''}`}>
            {t('result.costs.points', { points: fixed(cost.points, 0) })} {capital(cost.text)}
          </li>
        ))}
      </ul>
      <h2>{t('result.defects.title')}</h2>
      <ul>
        {defectsWorstFirst(surface?.defects ?? []).map((defect, index) => (
          <li key={defect.id}>
            {index + 1}.{' '}
            {t(defect.depthMm === null ? 'result.print.flatDefect' : 'result.print.defect', {
              kind: t(`defects.${defect.kind}`),
              length: mm(defect.lengthMm, 2),
              depth: micrometres(defect.depthMm),
              severity: percent(defect.severity),
              confidence: percent(defect.confidence),
            })}
          </li>
        ))}
      </ul>
    </>
  );
}
