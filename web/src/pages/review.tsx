import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { money, time } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';
import { remember } from '../data/seen.ts';
import { filterOf } from '../data/task-filter.ts';
import { dueWords, kindLabels, type TaskDetail, task as taskQuery, tasks, useNames } from '../data/tasks.ts';
import { DocumentViewer, prepare, type ViewedFile } from '../design/document-viewer.tsx';
import { KeysHelp, useKeys } from '../design/keys.tsx';
import { Failed, Page, Tag, Waiting } from '../design/parts.tsx';
import { ForReviewers, type Official } from '../design/signed-in.tsx';
import { DecisionForm } from './review-decision.tsx';
import { ReviewFile } from './review-file.tsx';
import './review.css';

const title: Bilingual = { zh: '审核申报', en: 'Review an application' };

/** A file beside its decision: documents on one side, what is decided and on what grounds on the other. */
export function Review() {
  return <ForReviewers title={title}>{(person) => <Load person={person} />}</ForReviewers>;
}

function Load({ person }: { readonly person: Official }) {
  const { taskId } = useParams({ from: '/tasks/$taskId' });
  const loaded = useQuery(taskQuery(taskId));
  if (!loaded.data) {
    return (
      <Page title={title}>
        {loaded.error ? <Failed error={loaded.error} retry={() => void loaded.refetch()} /> : <Waiting />}
      </Page>
    );
  }
  return <File key={taskId} person={person} task={loaded.data} renew={() => void loaded.refetch()} />;
}

/** The tasks before and after this one in the list that it was opened from. */
function useNeighbours(taskId: string) {
  const search = useSearch({ from: '/tasks/$taskId' });
  const listed = useInfiniteQuery({ ...tasks(filterOf(search)), staleTime: 60_000 });
  const rows = listed.data?.pages.flatMap(({ items }) => items) ?? [];
  const [order, setOrder] = useState<readonly string[]>([]);
  // Whoever decides goes on in the list as it was, though a task that is decided leaves it.
  const now = rows.map((row) => row.taskId);
  const known = order.includes(taskId) ? order : now;
  useEffect(() => {
    if (!order.includes(taskId) && now.includes(taskId)) setOrder(now);
  }, [order, now, taskId]);
  const open = new Set(now);
  const place = known.indexOf(taskId);
  const next = known.slice(place + 1).find((id) => open.has(id));
  const before = known.slice(0, Math.max(0, place)).findLast((id) => open.has(id));
  return { search, next, before, place, of: known.length };
}

function File({
  person,
  task,
  renew,
}: {
  readonly person: Official;
  readonly task: TaskDetail;
  readonly renew: () => void;
}) {
  const t = useText();
  const { language } = useLanguage();
  const names = useNames();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { search, next, before, place, of } = useNeighbours(task.taskId);
  const [returned, setReturned] = useState<readonly string[]>([]);
  const decision = useRef<HTMLFormElement>(null);
  const files = viewedFiles(task, t);
  const [left, setLeft] = useState(files[0]?.documentId);
  const [right, setRight] = useState<string>();
  useEffect(() => remember(person.id, task.taskId, task.contentHash), [person.id, task]);
  useEffect(() => {
    if (next === undefined) return;
    // The next file stands ready when it is gone on to.
    void queries.prefetchQuery(taskQuery(next)).then(() => {
      const [first] = viewedFiles(queries.getQueryData(taskQuery(next).queryKey), t);
      if (first?.url !== undefined) prepare(first);
    });
  }, [next, queries, t]);
  const go = (taskId: string | undefined) =>
    void (taskId === undefined
      ? navigate({ to: '/tasks', search })
      : navigate({ to: '/tasks/$taskId', params: { taskId }, search }));
  const choose = (number: number) =>
    decision.current?.querySelectorAll<HTMLInputElement>('input[name="outcome"]')[number - 1]?.click();
  const shift = (by: number) => {
    const at = files.findIndex(({ documentId }) => documentId === left);
    setLeft(files[(at + by + files.length) % files.length]?.documentId);
  };
  const keys = useKeys({
    j: { does: { zh: '下一件', en: 'Next file' }, run: () => go(next) },
    k: { does: { zh: '上一件', en: 'File before' }, run: () => go(before ?? task.taskId) },
    n: { does: { zh: '下一份材料', en: 'Next document' }, run: () => shift(1) },
    p: { does: { zh: '上一份材料', en: 'Document before' }, run: () => shift(-1) },
    ...Object.fromEntries(
      [1, 2, 3, 4, 5, 6].map((number) => [
        String(number),
        {
          does: { zh: `选择第 ${number} 种决定`, en: `Choose decision ${number}` },
          run: () => choose(number),
        },
      ]),
    ),
    u: { does: { zh: '返回待办', en: 'Back to the list' }, run: () => go(undefined) },
  });
  const due = dueWords(task.dueAt);
  const name = task.projectName ?? task.content.projectName;
  return (
    <Page title={{ zh: name, en: name }} isWide>
      <p className="review-head">
        <Link to="/tasks" search={search}>
          {t({ zh: '← 待办', en: '← Tasks' })}
        </Link>
        <span>{task.organisationName}</span>
        <span>
          {t(task.form.title)}（{task.form.clause}）
        </span>
        <span>{names.district(task.district)}</span>
        <Tag>{t(kindLabels[task.kind])}</Tag>
        {due.tone ? <Tag tone={due.tone}>{t(due)}</Tag> : <span>{t(due)}</span>}
        <span className="soft small">
          {t({ zh: `${time(task.dueAt, language)} 前`, en: `by ${time(task.dueAt, language)}` })}
        </span>
        {task.submission > 1 && (
          <Tag tone="now">
            {t({ zh: `补正后第 ${task.submission} 次提交`, en: `Corrected, submission ${task.submission}` })}
          </Tag>
        )}
        {task.content.requestedFen > 0 && (
          <span>
            {t({ zh: '申请 ', en: 'Asks for ' })}
            {money(task.content.requestedFen, language)}
          </span>
        )}
        <span className="review-way">
          {place >= 0 && (
            <span className="soft small">
              {place + 1} / {of}
            </span>
          )}
          <button type="button" disabled={before === undefined} onClick={() => go(before)}>
            {t({ zh: '上一件', en: 'Before' })}
          </button>
          <button type="button" disabled={next === undefined} onClick={() => go(next)}>
            {t({ zh: '下一件', en: 'Next' })}
          </button>
        </span>
      </p>
      <div className="review">
        <section className="review-documents" aria-label={t({ zh: '材料', en: 'Documents' })}>
          {files.length === 0 ? (
            <p>{t({ zh: '没有材料。', en: 'There are no documents.' })}</p>
          ) : (
            <>
              <div className="review-choose">
                <DocumentChoice
                  id="left"
                  label={{ zh: '查看材料', en: 'Document' }}
                  files={files}
                  value={left}
                  choose={setLeft}
                />
                {files.length > 1 && (
                  <DocumentChoice
                    id="right"
                    label={{ zh: '并排对照', en: 'Beside it' }}
                    none={{ zh: '不对照', en: 'Nothing' }}
                    files={files}
                    value={right}
                    choose={setRight}
                  />
                )}
              </div>
              <div className={right === undefined ? undefined : 'review-pair'}>
                {[left, right].map((id, side) => {
                  const file = files.find(({ documentId }) => documentId === id);
                  return (
                    file && <DocumentViewer key={side === 0 ? 'left' : 'right'} file={file} renew={renew} />
                  );
                })}
              </div>
            </>
          )}
        </section>
        <div className="review-side">
          <DecisionForm
            person={person}
            task={task}
            returned={returned}
            setReturned={setReturned}
            form={decision}
            done={() => {
              void queries.invalidateQueries({ queryKey: ['tasks'] });
              void queries.invalidateQueries({ queryKey: ['task-counts'] });
              go(next);
            }}
            look={renew}
          />
          <ReviewFile
            task={task}
            giveBack={
              task.outcomes.includes('return') && task.correctionsLeft > 0
                ? (path) => {
                    setReturned((now) => (now.includes(path) ? now : [...now, path]));
                    decision.current?.querySelector<HTMLInputElement>('input[value="return"]')?.click();
                  }
                : undefined
            }
          />
          <KeysHelp keys={keys} />
        </div>
      </div>
    </Page>
  );
}

/** The documents of a task in the order in which its guide asks for them. */
function viewedFiles(task: TaskDetail | undefined, t: (text: Bilingual) => string): ViewedFile[] {
  if (!task) return [];
  const { materials } = task.form;
  const place = (material: string) => materials.findIndex(({ id }) => id === material);
  return task.documents
    .map((document) => {
      const title = materials[place(document.material)]?.title;
      return { ...document, title: title ? t(title) : document.material };
    })
    .sort((a, b) => place(a.material) - place(b.material));
}

function DocumentChoice({
  id,
  label,
  none,
  files,
  value,
  choose,
}: {
  readonly id: string;
  readonly label: Bilingual;
  readonly none?: Bilingual;
  readonly files: readonly ViewedFile[];
  readonly value: string | undefined;
  readonly choose: (documentId: string | undefined) => void;
}) {
  const t = useText();
  return (
    <label htmlFor={id}>
      {t(label)}{' '}
      <select id={id} value={value ?? ''} onChange={({ target }) => choose(target.value || undefined)}>
        {none && <option value="">{t(none)}</option>}
        {files.map((file, index) => (
          <option key={file.documentId} value={file.documentId}>
            {index + 1}. {file.title}（{file.fileName}）
          </option>
        ))}
      </select>
    </label>
  );
}
