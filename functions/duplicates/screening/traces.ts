import {
  BatchGetCommand,
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Application } from '../../filing/applications/application.ts';
import { foldNumber } from '../../registry/awards/matter-key.ts';
import { TransientError } from '../../shared/errors.ts';
import type { Table } from '../../shared/table.ts';
import type { Matter } from './find-duplicates.ts';

/** What an application leaves where others may meet it. */
const TraceSchema = z.object({
  applicationId: z.string(),
  organisation: z.string(),
  organisationName: z.string(),
  projectName: z.string(),
  item: z.string(),
  matterKey: z.string(),
  /** Credit codes of enterprises that the applicant has said to continue. */
  predecessors: z.array(z.string()).default([]),
});
export type Trace = z.output<typeof TraceSchema>;

/** Applications that meet in one place: more of them say nothing more. */
const metAtMost = 50;
const batchSize = 25;
const readBatch = 100;
const attempts = 6;

/** Places where applications of different enterprises, or of one, may meet. */
export const places = {
  enterprise: (uscc: string) => `TRACE#enterprise:${uscc}`,
  evidence: (kind: string, number: string) => `TRACE#evidence:${kind}:${foldNumber(number)}`,
  identity: (hash: string) => `TRACE#identity:${hash}`,
  document: (sha256: string) => `TRACE#document:${sha256}`,
};

type Submitted = Pick<Extract<Application, { status: 'deduplication' }>, 'content' | 'submission'>;

/** The keyed hashes of the persons and accounts behind an enterprise: enterprises that share one are linked. */
export function identitiesOf({ content: { enterprise } }: Submitted): string[] {
  const { legalRepresentativeHash, legalRepresentativeIdHash, bankAccountHash } = enterprise;
  // The number tells people of one name apart; the name counts where there is no number.
  const person = legalRepresentativeIdHash ?? legalRepresentativeHash;
  return [person, bankAccountHash].filter((hash) => hash !== undefined);
}

/** Every place that an application leaves its trace in. */
export function placesOf(application: Submitted, matter: Matter): string[] {
  return [
    ...matter.usccs.map(places.enterprise),
    ...matter.evidence.map(({ kind, number }) => places.evidence(kind, number)),
    ...identitiesOf(application).map(places.identity),
    ...application.submission.documents.map(({ sha256 }) => places.document(sha256)),
  ].filter((place, index, all) => all.indexOf(place) === index);
}

/**
 * Traces of applications in the registry. An application leaves its own before it looks for those of others: of two at
 * once, at least one sees the other. A trace stays; whether its application still counts is asked of the application.
 */
export class Traces {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(table: Table<'registry'>) {
    this.#client = table.client;
    this.#table = table.name;
  }

  /** Leaves a trace in every place; again makes no difference. @throws TransientError when the table stays busy. */
  async leave(where: readonly string[], trace: Trace): Promise<void> {
    const puts = where.flatMap((pk) => [
      { PutRequest: { Item: { pk, sk: `APPLICATION#${trace.applicationId}`, trace } } },
      { PutRequest: { Item: markKey(pk) } },
    ]);
    for (let from = 0; from < puts.length; from += batchSize) {
      let left: Record<string, unknown>[] = puts.slice(from, from + batchSize);
      for (let attempt = 1; left.length > 0; attempt += 1) {
        if (attempt > attempts) throw new TransientError('the registry stayed busy');
        const { UnprocessedItems } = await this.#client.send(
          new BatchWriteCommand({ RequestItems: { [this.#table]: left } }),
        );
        left = (UnprocessedItems?.[this.#table] as Record<string, unknown>[] | undefined) ?? [];
      }
    }
  }

  /** Ids of the applications that left a trace in one of many places; most places hold none. */
  async applicationsIn(where: readonly string[]): Promise<string[]> {
    const marked: string[] = [];
    for (let from = 0; from < where.length; from += readBatch) {
      let keys: Record<string, unknown>[] = where.slice(from, from + readBatch).map(markKey);
      for (let attempt = 1; keys.length > 0; attempt += 1) {
        if (attempt > attempts) throw new TransientError('the registry stayed busy');
        const { Responses, UnprocessedKeys } = await this.#client.send(
          new BatchGetCommand({ RequestItems: { [this.#table]: { Keys: keys, ConsistentRead: true } } }),
        );
        marked.push(...(Responses?.[this.#table] ?? []).map(({ pk }) => String(pk)));
        keys = UnprocessedKeys?.[this.#table]?.Keys ?? [];
      }
    }
    const traces = await Promise.all(marked.map((place) => this.find(place, '')));
    return [...new Set(traces.flat().map(({ applicationId }) => applicationId))];
  }

  /** Traces of other applications in a place, newest first; at most fifty, read consistently. */
  async find(place: string, applicationId: string): Promise<Trace[]> {
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': place, ':prefix': 'APPLICATION#' },
        ScanIndexForward: false,
        Limit: metAtMost,
        ConsistentRead: true,
      }),
    );
    return Items.map((item) => TraceSchema.parse(item['trace'])).filter(
      (trace) => trace.applicationId !== applicationId,
    );
  }
}

/** Says that a place holds traces: many places are asked at once. */
function markKey(pk: string): { pk: string; sk: string } {
  return { pk, sk: 'MARK' };
}
