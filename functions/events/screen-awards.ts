import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { ApplicationStore } from '../applications/application-store.ts';
import { AwardRegistry } from '../deduplication/award-registry.ts';
import { screenLateAwards } from '../deduplication/late-match.ts';
import { NameJudge } from '../deduplication/similarity/name-judge.ts';
import { VocabularyStore } from '../deduplication/similarity/vocabulary-store.ts';
import { Traces } from '../deduplication/traces.ts';
import { Verdicts } from '../deduplication/verdicts.ts';
import { openPolicyBook, readLaw } from '../policy/policy-source.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { log } from '../shared/log.ts';
import { documentClient } from '../shared/transaction.ts';
import { SignOffTaskStore } from '../sign-off/task-store.ts';

const { APPLICATIONS_TABLE, REGISTRY_TABLE, POLICY_TABLE } = readEnvironment('events/screen-awards');
const client = documentClient();
const thresholds = readLaw(import.meta.url).matching.names;
const vocabulary = new VocabularyStore(client, REGISTRY_TABLE, systemClock);
const parts = {
  applications: new ApplicationStore(client, APPLICATIONS_TABLE),
  tasks: new SignOffTaskStore(client, APPLICATIONS_TABLE),
  registry: new AwardRegistry(client, REGISTRY_TABLE),
  traces: new Traces(client, REGISTRY_TABLE),
  verdicts: new Verdicts(client, REGISTRY_TABLE),
  policy: openPolicyBook(import.meta.url, client, POLICY_TABLE, systemClock),
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
    const held = await screenLateAwards({ ...parts, names }, awards);
    if (held.length > 0) log.info('awards.held', { applications: held.length });
    return { batchItemFailures: [] };
  } catch (error) {
    log.error('awards.unscreened', error);
    return { batchItemFailures: [{ itemIdentifier: Records[0]?.dynamodb?.SequenceNumber ?? '' }] };
  }
}
