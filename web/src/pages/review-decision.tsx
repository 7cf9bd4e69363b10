import { type RefObject, useEffect, useRef, useState } from 'react';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { ask, Problem } from '../data/api.ts';
import {
  type DecisionFault,
  decisionFaults,
  decisionFields,
  returnItems,
  sendDecision,
} from '../data/decision.ts';
import { labelOf } from '../data/field-labels.ts';
import { useKeptForm } from '../data/kept-form.ts';
import { useText } from '../data/language.tsx';
import { type TaskDetail, useNames } from '../data/tasks.ts';
import { ErrorSummary, Failed } from '../design/parts.tsx';
import { SavedLine, type ServerState } from '../design/saved-line.tsx';
import type { Official } from '../design/signed-in.tsx';
import { DecisionFields } from './review-fields.tsx';

const outcomeWords: Readonly<Record<string, Bilingual>> = {
  recommend: { zh: '推荐', en: 'Recommend' },
  opine: { zh: '出具意见', en: 'Give an opinion' },
  approve: { zh: '审核通过', en: 'Approve' },
  return: { zh: '退回补正', en: 'Return for correction' },
  refuse: { zh: '不予支持', en: 'Refuse' },
  abstain: { zh: '申请回避', en: 'Abstain' },
  uphold: { zh: '维持原决定', en: 'Uphold the refusal' },
  overturn: { zh: '撤销原决定', en: 'Overturn the refusal' },
};

/** How long nobody has to type before what is written is kept on the server, in milliseconds. */
const pause = 1000;

/** Takes the decision on a task; what is written stays on this device and on the server until it is sent. */
export function DecisionForm({
  person,
  task,
  returned,
  setReturned,
  form,
  done,
  look,
}: {
  readonly person: Official;
  readonly task: TaskDetail;
  /** Places that were chosen to be corrected. */
  readonly returned: readonly string[];
  readonly setReturned: (paths: readonly string[]) => void;
  readonly form: RefObject<HTMLFormElement | null>;
  readonly done: () => void;
  /** Reads the task anew. */
  readonly look: () => void;
}) {
  const t = useText();
  const names = useNames();
  const outcomes =
    task.kind === 'reconsider' && task.status === 'open' ? ['uphold', 'overturn'] : task.outcomes;
  const first = {
    ...Object.fromEntries(decisionFields.map((field) => [field, task.draft?.fields[field] ?? ''])),
    ...(outcomes.length === 1 && { outcome: outcomes[0] ?? '' }),
  };
  const kept = useKeptForm(person.id, `task-${task.taskId}`, first, undefined);
  const { typed, type } = kept;
  const [server, setServer] = useState<ServerState>(
    task.draft ? { savedAt: new Date(task.draft.savedAt) } : 'none',
  );
  const [faults, setFaults] = useState<readonly DecisionFault[]>([]);
  const [attempt, setAttempt] = useState(0);
  const [error, setError] = useState<unknown>();
  const [isSending, setSending] = useState(false);
  const outcome = typed['outcome'] ?? '';
  const isTyped = useRef(false);

  const write = (field: string, text: string) => {
    isTyped.current = true;
    type(field, text);
  };
  // What was chosen beside the form becomes a part of it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is chosen counts, not what is typed
  useEffect(() => {
    const items = returnItems(typed);
    const added = returned.filter((path) => !Object.hasOwn(items, path));
    if (added.length === 0) return;
    write('items', JSON.stringify({ ...items, ...Object.fromEntries(added.map((path) => [path, ''])) }));
  }, [returned]);
  useEffect(() => {
    if (!isTyped.current) return;
    setServer('saving');
    const timer = setTimeout(() => {
      const fields = Object.fromEntries(Object.entries(typed).filter(([, text]) => text !== ''));
      ask('PUT /v1/tasks/{taskId}/draft', { params: { taskId: task.taskId }, body: { fields } }).then(
        ({ body }) => setServer({ savedAt: new Date(body.savedAt) }),
        (failure: unknown) =>
          setServer({
            waits: failure instanceof Problem ? (failure.status === 401 ? 'login' : 'refused') : 'offline',
          }),
      );
    }, pause);
    return () => clearTimeout(timer);
  }, [typed, task.taskId]);

  // Of what stands here and on the server the later counts: it may have been written on another machine.
  // biome-ignore lint/correctness/useExhaustiveDependencies: decided once, when the device has answered
  useEffect(() => {
    const { found } = kept;
    if (found && task.draft && Date.parse(task.draft.savedAt) > Date.parse(found.at)) kept.replace(first);
  }, [kept.isReady]);

  if (outcomes.length === 0) {
    return (
      <section className="told">
        <p>
          {task.status === 'open'
            ? t({ zh: '此任务不在本页办理。', en: 'This task is not answered on this page.' })
            : t(endedWords[task.status])}
        </p>
      </section>
    );
  }
  const assignee = task.assignee !== undefined && task.assignee !== person.id ? task.assignee : undefined;
  const send = async () => {
    const found = decisionFaults(typed, task);
    setFaults(found);
    setAttempt((now) => now + 1);
    setError(undefined);
    if (found.length > 0 || isSending) return;
    setSending(true);
    try {
      await sendDecision(typed, task);
      await kept.forget();
      done();
    } catch (failure) {
      setError(failure);
      // What is written stays; what it is based on is read anew and shows what has changed.
      if (failure instanceof Problem && failure.code === 'basis-changed') look();
    } finally {
      setSending(false);
    }
  };
  const faultOf = (field: string) => {
    const found = faults.find((fault) => fault.field === `decision-${field}`);
    return found && t(found.message);
  };
  return (
    <form
      ref={form}
      className="told"
      aria-label={t({ zh: '作出决定', en: 'Decide' })}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send();
      }}
    >
      <h2>{t({ zh: '作出决定', en: 'Decide' })}</h2>
      {assignee !== undefined && (
        <p>{t({ zh: `已由 ${assignee} 领取。`, en: `${assignee} has taken it.` })}</p>
      )}
      {task.draft && task.draft.submission < task.submission && (
        <p className="changed">
          {t({
            zh: '以下内容是就补正前的提交写的，请核对。',
            en: 'This was written on the submission before the correction: look at it again.',
          })}
        </p>
      )}
      <ErrorSummary
        faults={faults.map(({ field, message }) => ({ field, message: t(message) }))}
        attempt={attempt}
      />
      {error !== undefined && <Failed error={error} />}
      {error instanceof Problem && error.code === 'basis-changed' && (
        <p className="changed">
          {t({ zh: '已变更：', en: 'Changed: ' })}
          {error.faults.map(({ path }) => labelOf(path, task.form, t)).join(t({ zh: '、', en: ', ' }))}
          {t({ zh: '。页面已更新，您写的内容保留。', en: '. The page is new; what you wrote is kept.' })}
        </p>
      )}
      <fieldset className="field" id="decision-outcome" tabIndex={-1}>
        <legend>{t({ zh: '决定', en: 'Decision' })}</legend>
        {outcomes.map((one, index) => (
          <label className="choice" key={one}>
            <input
              type="radio"
              name="outcome"
              value={one}
              checked={outcome === one}
              onChange={() => write('outcome', one)}
            />
            {t(outcomeWords[one] ?? { zh: one, en: one })} <span className="soft small">{index + 1}</span>
          </label>
        ))}
      </fieldset>
      <DecisionFields
        task={task}
        outcome={outcome}
        typed={typed}
        write={write}
        faultOf={faultOf}
        forget={(path) => setReturned(returned.filter((one) => one !== path))}
      />
      <div className="actions">
        <button type="submit" className="first" disabled={isSending}>
          {outcome === ''
            ? t({ zh: '提交决定', en: 'Send the decision' })
            : t({
                zh: `提交：${outcomeWords[outcome]?.zh ?? ''}`,
                en: `Send: ${outcomeWords[outcome]?.en ?? ''}`,
              })}
        </button>
        <span className="soft small">
          {t({
            zh: `以 ${names.department(person.department)} 名义`,
            en: `For ${names.department(person.department)}`,
          })}
        </span>
      </div>
      <SavedLine keptAt={kept.keptAt} server={server} />
    </form>
  );
}

const endedWords = {
  open: { zh: '', en: '' },
  decided: { zh: '本任务已作出决定。', en: 'This task is decided.' },
  expired: { zh: '本任务已过期。', en: 'The time of this task is over.' },
  closed: {
    zh: '本任务已终止：申报内容已变更或申报已结束。',
    en: 'This task ended: the application was changed, or ended.',
  },
} as const satisfies Readonly<Record<TaskDetail['status'], Bilingual>>;
