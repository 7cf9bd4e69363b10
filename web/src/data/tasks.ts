import { infiniteQueryOptions, queryOptions, useQuery } from '@tanstack/react-query';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { type Answer, ask } from './api.ts';
import { useText } from './language.tsx';
import { catalogue } from './queries.ts';
import type { TaskFilter } from './task-filter.ts';

export type Task = Answer<'GET /v1/tasks'>['items'][number];
export type TaskDetail = Answer<'GET /v1/tasks/{taskId}'>;

const pageSize = 100;

/** Open tasks of the department, the first due first. */
export const tasks = (filter: TaskFilter) =>
  infiniteQueryOptions({
    queryKey: ['tasks', filter],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam }) => {
      const { kind, overdue, mine, ...rest } = filter;
      return (
        await ask('GET /v1/tasks', {
          query: {
            ...rest,
            ...(isKind(kind) && { kind }),
            ...(overdue && { overdue: 'true' }),
            ...(mine && { mine: 'true' }),
            limit: pageSize,
            ...(pageParam && { cursor: pageParam }),
          },
        })
      ).body;
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

export const taskCounts = queryOptions({
  queryKey: ['task-counts'],
  queryFn: async () => (await ask('GET /v1/tasks/counts', { query: {} })).body,
});

/** A task with its file. Links to documents end after some minutes, so that it is asked for anew before. */
export const task = (taskId: string) =>
  queryOptions({
    queryKey: ['task', taskId],
    queryFn: async () => (await ask('GET /v1/tasks/{taskId}', { params: { taskId } })).body,
    staleTime: 4 * 60_000,
    gcTime: 5 * 60_000,
    refetchOnWindowFocus: false,
  });

/** What the submission before a correction held. */
export const submissionBefore = ({ taskId, submission }: Pick<Task, 'taskId' | 'submission'>) =>
  queryOptions({
    queryKey: ['task', taskId, 'submission', submission - 1],
    queryFn: async () =>
      (
        await ask('GET /v1/tasks/{taskId}/submissions/{submission}', {
          params: { taskId, submission: submission - 1 },
        })
      ).body,
    enabled: submission > 1,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });

export const kindLabels: Readonly<Record<Task['kind'], Bilingual>> = {
  recommend: { zh: '推荐', en: 'Recommend' },
  opinion: { zh: '出具意见', en: 'Give an opinion' },
  approve: { zh: '审核', en: 'Approve' },
  adjudicate: { zh: '裁定疑似重复', en: 'Decide on a duplicate' },
  reconsider: { zh: '复核', en: 'Reconsider' },
};

function isKind(kind: string | undefined): kind is Task['kind'] {
  return kind !== undefined && Object.hasOwn(kindLabels, kind);
}

/** What items, districts and departments are called. */
export function useNames() {
  const t = useText();
  const { data } = useQuery(catalogue);
  const district = (code: string) => {
    const name = data?.districts.find((one) => one.code === code)?.name;
    return name ? t(name) : code;
  };
  const items = data?.measures.flatMap((measure) => measure.items.flatMap(({ parts }) => parts)) ?? [];
  const item = (id: string) => {
    const title = items.find((part) => part.id === id)?.title;
    return title ? t(title) : id;
  };
  const department = (id: string) => {
    if (id.startsWith('district-')) return district(id.slice('district-'.length));
    const name = items
      .flatMap(({ lead, support }) => [...lead, ...support])
      .find((one) => one.id === id)?.name;
    return name ? t(name) : id;
  };
  return { district, item, department };
}

const dayMs = 86_400_000;

/** How much time a task has left, in words, and how pressing that is. */
export function dueWords(dueAt: string, now = Date.now()): Bilingual & { readonly tone?: 'bad' | 'warn' } {
  const left = Date.parse(dueAt) - now;
  const days = Math.floor(Math.abs(left) / dayMs);
  if (left < 0) {
    return days === 0
      ? { zh: '已逾期', en: 'Overdue', tone: 'bad' }
      : { zh: `逾期 ${days} 天`, en: `${days} d overdue`, tone: 'bad' };
  }
  const words =
    days === 0 ? { zh: '今日内到期', en: 'Due within a day' } : { zh: `剩 ${days} 天`, en: `${days} d left` };
  return days < 3 ? { ...words, tone: 'warn' } : words;
}
