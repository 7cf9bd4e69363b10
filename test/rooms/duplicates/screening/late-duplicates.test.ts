import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deduplicate } from '../../../../functions/duplicates/screening/deduplicate.ts';
import { screenAwards } from '../../../../functions/duplicates/screening/screen-awards.ts';
import { adjudicate } from '../../../../functions/endings/adjudicate.ts';
import type { ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import { openNotice } from '../../../../functions/publicity/notice/open-notice.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { contentOf, kindsGuide, policyOfKinds } from '../../../builders/guide.ts';
import { signedOffApplication } from '../../../builders/signed-off-application.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms, today } from '../../../support/rooms.ts';
import { applicationKey } from '../../../support/tables.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = { ...openRooms(database), policy: policyOfKinds() };
});
afterAll(() => database.stop());

/** An application that was reopened once, and that an award of its very matter holds in its pool. */
async function held(): Promise<ApplicationIn<'pooled'>> {
  const signedOff = signedOffApplication(contentOf('open-source'), {
    ...{ guide: kindsGuide, signedOffFen: fen(15_000_000), verifiedInputFen: fen(80_000_000) },
  });
  const { applicationId, organisation, content } = signedOff;
  const application = { ...signedOff, submission: { ...signedOff.submission, reopening: 1 } };
  await rooms.client.send(
    new PutCommand({
      TableName: rooms.tableNames.applications,
      Item: { ...applicationKey(applicationId), state: application },
    }),
  );
  const parts = { ...rooms, applications: rooms.store };
  await deduplicate(parts, { applicationId, submission: 1 });
  const award = {
    ...{ scheme: '穗工信规字〔2021〕3号', awardId: 'A-1', uscc: organisation, name: content.enterprise.name },
    ...{ level: 'municipal' as const, year: 2024, projectName: '开源', evidence: [] },
    ...{ matterKind: 'open-source', matterDetail: String(content.facts['project']) },
    ...{ amountFen: fen(5_000_000), status: 'granted' as const },
  };
  await rooms.registry.put([{ award, row: 2 }], {
    ...{ importId: newUlid(), fileHash: newUlid(), importer: 'operator', at: today.toISOString() },
  });
  expect(await screenAwards(parts, [award])).toEqual([applicationId]);
  return (await rooms.store.require(applicationId)) as ApplicationIn<'pooled'>;
}

describe('an application that a late award makes a duplicate', () => {
  it('stops the execution that reviews it, and has none that fails on it', async () => {
    const { applicationId, hold } = await held();
    const verdicts = (hold?.suspicions ?? []).map(({ id }) => ({ id, verdict: 'duplicate' as const }));
    await adjudicate(rooms, people.adjudicator, hold?.taskId ?? '', { verdicts, reason: { zh: '同一项目' } });
    const messages = (await rooms.pending(applicationId)).map(({ message }) => message);
    // The execution that ended with the lapse has another name.
    expect(messages).toContainEqual({
      ...{ type: 'stop-review', applicationId, submission: 1, reopening: 1 },
      cause: 'found to be a duplicate',
    });
    // It may be about to open the notice of the award before it is stopped.
    expect(await openNotice(rooms, { applicationId, submission: 1 })).toMatchObject({ outcome: 'duplicate' });
  });
});
