import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { CheckStore } from '../duplicates/screening/check-store.ts';
import { screenAwards } from '../duplicates/screening/screen-awards.ts';
import { TraceStore } from '../duplicates/screening/trace-store.ts';
import { VerdictStore } from '../duplicates/screening/verdict-store.ts';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { openPolicyBook, readLaw } from '../policy/guides/policy-source.ts';
import { AwardRegistry } from '../registry/awards/award-registry.ts';
import { NameJudge } from '../registry/matching/name-judge.ts';
import { VocabularyStore } from '../registry/matching/vocabulary-store.ts';
import { SignOffTaskStore } from '../review/tasks/task-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { log } from '../shared/log.ts';
import { openTables } from '../shared/table.ts';

const tables = openTables(readEnvironment('events/screen-awards'));
const thresholds = readLaw(import.meta.url).matching.names;
const vocabulary = new VocabularyStore(tables.registry, systemClock);
const parts = {
  applications: new ApplicationStore(tables.applications),
  tasks: new SignOffTaskStore(tables.applications),
  registry: new AwardRegistry(tables.registry),
  traces: new TraceStore(tables.registry),
  verdicts: new VerdictStore(tables.registry),
  checks: new CheckStore(tables.applications),
  policy: openPolicyBook(import.meta.url, tables.policy, systemClock),
  clock: systemClock,
};

/** Awards were imported or changed: applications that passed the duplicate check without them may have to wait. */
export async function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  try {
    const records = Records.flatMap(({ dynamodb }) =>
      (dynamodb?.NewImage?.['records']?.L ?? []).flatMap(({ S }) => S ?? []),
    );
    const awards = await parts.registry.awardsAt(records);
    const names = new NameJudge(thresholds, await vocabulary.read());
    const held = await screenAwards({ ...parts, names }, awards);
    if (held.length > 0) log.info('awards.held', { applications: held.length });
    return { batchItemFailures: [] };
  } catch (error) {
    log.error('awards.unscreened', error);
    return { batchItemFailures: [{ itemIdentifier: Records[0]?.dynamodb?.SequenceNumber ?? '' }] };
  }
}
