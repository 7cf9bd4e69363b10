import { BatchGetCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type Application, SignOffSchema } from '../../filing/applications/application.ts';
import { type ApplicationStore, stateKey } from '../../filing/applications/application-store.ts';
import { entityTag } from '../../filing/applications/application-view.ts';
import type { PeopleStore } from '../../people/people-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError, type FieldFault, TransientError } from '../../shared/errors.ts';
import { requireReviewer } from '../tasks/own-task.ts';

const RankingSchema = z.object({
  version: z.int().min(0),
  /** Applications, the best first. */
  order: z.array(z.string()),
});

/** A district's order of its recommendations of an item. Version 0: it has made none. */
export type Ranking = z.output<typeof RankingSchema>;

/** @throws DomainError forbidden without a department to decide for. */
export async function getRanking(
  { store }: { readonly store: ApplicationStore },
  actor: Actor,
  item: string,
): Promise<Ranking> {
  return readRanking(store, requireReviewer(actor), item);
}

/**
 * Replaces the order in which the reviewer's district recommends applications of an item, if it is still the one that
 * the change is based on. Every order stays on record, with who made it.
 * @param order applications that the district has recommended or has still to decide on, each once.
 * @throws DomainError version-mismatch; invalid-request with every application that does not belong;
 * conflict-of-interest of the reviewer in any of them; forbidden.
 */
export async function putRanking(
  {
    store,
    people,
    clock,
  }: {
    readonly store: ApplicationStore;
    readonly people: Pick<PeopleStore, 'interests' | 'interestsUnchanged'>;
    readonly clock: Clock;
  },
  actor: Actor,
  item: string,
  ifMatch: string,
  order: readonly string[],
): Promise<Ranking> {
  const department = requireReviewer(actor);
  const { version } = await readRanking(store, department, item);
  if (ifMatch !== entityTag(version)) throw new DomainError('version-mismatch');
  const own = await applicationsOf(store, department, item, order);
  const interests = await people.interests(actor.id);
  const faults = order.flatMap((applicationId, index) => (own.has(applicationId) ? [] : [foreign(index)]));
  if (faults.length > 0) throw new DomainError('invalid-request', { faults });
  // An order says something of everybody in it.
  if ([...own.values()].flat().some((organisation) => organisation in interests.organisations)) {
    throw new DomainError('conflict-of-interest');
  }
  const ranking = { version: version + 1, order: [...order] };
  const { pk, sk } = rankingKey(department, item);
  await store.write([
    {
      item: {
        Put: {
          TableName: store.table,
          Item: { pk, sk, ranking },
          ...(version === 0
            ? { ConditionExpression: 'attribute_not_exists(pk)' }
            : {
                ConditionExpression: '#ranking.#version = :version',
                ExpressionAttributeNames: { '#ranking': 'ranking', '#version': 'version' },
                ExpressionAttributeValues: { ':version': version },
              }),
        },
      },
      onConditionFailed: () => new DomainError('version-mismatch'),
    },
    {
      item: {
        Put: {
          TableName: store.table,
          Item: {
            pk,
            sk: `VERSION#${String(ranking.version).padStart(9, '0')}`,
            row: { ...ranking, by: actor.id, at: clock().toISOString() },
          },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
      onConditionFailed: () => new DomainError('version-mismatch'),
    },
    people.interestsUnchanged(actor.id, interests.version),
  ]);
  return ranking;
}

/** Where the district of registration ranks an application, from 1, and of how many; undefined where it does not. */
export async function districtRank(
  { store }: { readonly store: ApplicationStore },
  { applicationId, content }: Pick<Application, 'applicationId' | 'content'>,
): Promise<{ rank: number; of: number } | undefined> {
  const { order } = await readRanking(store, `district-${content.enterprise.district}`, content.item);
  const index = order.indexOf(applicationId);
  return index === -1 ? undefined : { rank: index + 1, of: order.length };
}

async function readRanking(store: ApplicationStore, department: string, item: string): Promise<Ranking> {
  const { Item } = await store.client.send(
    new GetCommand({ TableName: store.table, Key: rankingKey(department, item), ConsistentRead: true }),
  );
  return Item ? RankingSchema.parse(Item['ranking']) : { version: 0, order: [] };
}

const RankableSchema = z.object({
  state: z.object({
    applicationId: z.string(),
    organisation: z.string(),
    content: z.object({
      item: z.string(),
      // Absent where it continues none, since nothing else of it is read.
      enterprise: z.object({ predecessors: z.array(z.string()) }).default({ predecessors: [] }),
    }),
    signOffs: z.record(z.string(), SignOffSchema).default({}),
  }),
});

/** DynamoDB's limit of one batch of reads. */
const batchLimit = 100;
const attempts = 4;

/**
 * Those of the applications that are for the item and that the department recommended or has still to decide on, each
 * with its organisation and those that it continues.
 */
async function applicationsOf(
  store: ApplicationStore,
  department: string,
  item: string,
  applicationIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const own = new Map<string, readonly string[]>();
  let keys: Record<string, unknown>[] = applicationIds.map(stateKey);
  let left = Math.ceil(keys.length / batchLimit) + attempts;
  while (keys.length > 0) {
    if (left === 0) throw new TransientError('the table left keys of a batch unread');
    left -= 1;
    const { Responses, UnprocessedKeys } = await store.client.send(
      new BatchGetCommand({
        RequestItems: {
          [store.table]: {
            Keys: keys.slice(0, batchLimit),
            ConsistentRead: true,
            ProjectionExpression:
              '#state.applicationId, #state.organisation, #state.#content.#item, #state.#content.enterprise.predecessors, #state.signOffs',
            ExpressionAttributeNames: { '#state': 'state', '#content': 'content', '#item': 'item' },
          },
        },
      }),
    );
    for (const found of Responses?.[store.table] ?? []) {
      const { state } = RankableSchema.parse(found);
      const parts = Object.values(state.signOffs).filter((part) => part.department === department);
      const counts = parts.some(({ decision }) => !decision || decision.outcome === 'recommended');
      if (!counts || state.content.item !== item) continue;
      own.set(state.applicationId, [state.organisation, ...state.content.enterprise.predecessors]);
    }
    keys = [...(UnprocessedKeys?.[store.table]?.Keys ?? []), ...keys.slice(batchLimit)];
  }
  return own;
}

function rankingKey(department: string, item: string): { pk: string; sk: string } {
  return { pk: `RANKING#${department}#${item}`, sk: 'RANKING' };
}

function foreign(index: number): FieldFault {
  return {
    path: `order.${index}`,
    rule: 'recommended-or-open',
    message: {
      zh: '只能对本区已推荐或待办的该事项申报排序',
      en: 'only applications for this item that the district recommended or has still to decide on are ranked',
    },
  };
}
