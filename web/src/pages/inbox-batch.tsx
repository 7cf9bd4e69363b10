import { Link } from '@tanstack/react-router';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { ask, Offline, Problem } from '../data/api.ts';
import { useText } from '../data/language.tsx';
import { seen } from '../data/seen.ts';
import type { Task } from '../data/tasks.ts';

/** What is done with many tasks at once, how far it has come, and what went wrong with which. */
export interface Batch {
  readonly kind: 'take' | 'give-back' | 'recommend';
  readonly of: number;
  readonly done: number;
  readonly failed: readonly { readonly task: Task; readonly why: Bilingual }[];
  readonly isRunning: boolean;
}

/** How many requests are on their way at a time, and how many recommendations go in one. */
const abreast = 4;
const atOnce = 50;

const unseen: Bilingual = {
  zh: '尚未查看其申报内容：请先打开',
  en: 'You have not opened it yet: look at it first',
};

/**
 * Does the same with every task, each by itself: one that is refused leaves the others alone. What is recommended is what was
 * looked at in this tab.
 */
export async function runBatch(
  { kind, person }: { readonly kind: Batch['kind']; readonly person: string },
  rows: readonly Task[],
  told: (batch: Batch) => void,
): Promise<void> {
  let batch: Batch = { kind, of: rows.length, done: 0, failed: [], isRunning: true };
  const tell = (done: number, failed: Batch['failed']) => {
    batch = { ...batch, done: batch.done + done, failed: [...batch.failed, ...failed] };
    told(batch);
  };
  told(batch);
  if (kind === 'recommend') await recommend(person, rows, tell);
  else await each(kind, rows, tell);
  told({ ...batch, isRunning: false });
}

type Tell = (done: number, failed: Batch['failed']) => void;

async function each(kind: 'take' | 'give-back', rows: readonly Task[], tell: Tell): Promise<void> {
  const waiting = [...rows];
  const work = async () => {
    for (let task = waiting.shift(); task; task = waiting.shift()) {
      const params = { taskId: task.taskId };
      try {
        if (kind === 'take') await ask('POST /v1/tasks/{taskId}/assignment', { params });
        else await ask('DELETE /v1/tasks/{taskId}/assignment', { params });
        tell(1, []);
      } catch (error) {
        tell(0, [{ task, why: reasonOf(error) }]);
      }
    }
  };
  await Promise.all(Array.from({ length: abreast }, work));
}

async function recommend(person: string, rows: readonly Task[], tell: Tell): Promise<void> {
  const opened = rows.flatMap((task) => {
    const contentHash = seen(person, task.taskId);
    return contentHash === undefined ? [] : [{ task, contentHash }];
  });
  const missed = rows.filter((task) => !opened.some((one) => one.task === task));
  tell(
    0,
    missed.map((task) => ({ task, why: unseen })),
  );
  for (let from = 0; from < opened.length; from += atOnce) {
    const some = opened.slice(from, from + atOnce);
    try {
      const { body } = await ask('POST /v1/task-decisions', {
        body: {
          decisions: some.map(({ task: { taskId }, contentHash }) => ({
            taskId,
            decision: { outcome: 'recommend', contentHash },
          })),
        },
      });
      const failed = some.flatMap(({ task }) => {
        const result = body.results.find(({ taskId }) => taskId === task.taskId);
        if (result?.status === 'done') return [];
        return [{ task, why: result?.problem?.messages ?? notReached }];
      });
      tell(some.length - failed.length, failed);
    } catch (error) {
      tell(
        0,
        some.map(({ task }) => ({ task, why: reasonOf(error) })),
      );
    }
  }
}

const notReached: Bilingual = { zh: '未及处理，请再试', en: 'There was no time for it: try again' };

function reasonOf(error: unknown): Bilingual {
  if (error instanceof Problem) return error.said;
  return error instanceof Offline
    ? { zh: '网络中断', en: 'No network' }
    : { zh: '未能处理', en: 'It could not be done' };
}

const doneWords: Readonly<Record<Batch['kind'], Bilingual>> = {
  take: { zh: '领取', en: 'Taken' },
  'give-back': { zh: '交回', en: 'Given back' },
  recommend: { zh: '推荐', en: 'Recommended' },
};

/** How far it has come with many tasks, and which of them were refused, each with its reason. */
export function BatchResult({ batch, close }: { readonly batch: Batch; readonly close: () => void }) {
  const t = useText();
  const { kind, of, done, failed, isRunning } = batch;
  return (
    <div className={failed.length > 0 ? 'told warn' : 'told good'} role="status">
      <p>
        {t({
          zh: `${doneWords[kind].zh}：已完成 ${done} / ${of} 件`,
          en: `${doneWords[kind].en}: ${done} of ${of}`,
        })}
        {failed.length > 0 && t({ zh: `，${failed.length} 件未成功`, en: `, ${failed.length} refused` })}
      </p>
      {isRunning && (
        <progress max={of} value={done + failed.length} aria-label={t({ zh: '处理进度', en: 'Progress' })} />
      )}
      {failed.length > 0 && (
        <ul>
          {failed.map(({ task, why }) => (
            <li key={task.taskId}>
              <Link to="/tasks/$taskId" params={{ taskId: task.taskId }}>
                {task.projectName ?? task.organisationName}
              </Link>
              {t({ zh: '：', en: ': ' })}
              {t(why)}
            </li>
          ))}
        </ul>
      )}
      {!isRunning && (
        <button type="button" onClick={close}>
          {t({ zh: '知道了', en: 'Close' })}
        </button>
      )}
    </div>
  );
}
