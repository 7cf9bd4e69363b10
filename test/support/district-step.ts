import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { GuideItem } from '../../functions/policy/guides/guide-schema.ts';
import { checkEligibility } from '../../functions/review/sign-off/check-eligibility.ts';
import { contentOf, kindsGuide, policyOfKinds } from '../builders/guide.ts';
import { taskIdFor } from '../builders/sign-off-task.ts';
import { submittedApplication } from '../builders/signed-off-application.ts';
import type { TestDynamoDb } from './dynamodb.ts';
import { openRooms, type Rooms } from './rooms.ts';
import { applicationKey } from './tables.ts';

/** An item that the district recommends before its lead departments approve. */
export const recommendedItem = 'core-tech-a';

const signOff: GuideItem['signOff'] = {
  steps: [
    { kind: 'recommend', by: 'district' },
    { kind: 'approve', by: 'lead' },
  ],
  due: { days: 10, unit: 'working' },
  expiresAfterSeconds: 60,
};

/** The rooms, under a guide whose item asks for the district's recommendation. */
export function openDistrictRooms(database: TestDynamoDb): Rooms {
  return { ...openRooms(database), policy: policyOfKinds({ [recommendedItem]: { signOff } }) };
}

/** An application that waits for the recommendation of district 440106, with the task and what it is based on. */
export async function inDistrictStep(rooms: Rooms) {
  const application = submittedApplication(contentOf(recommendedItem), { guide: kindsGuide });
  const { applicationId, submission } = application;
  const Item = { ...applicationKey(applicationId), state: application };
  await rooms.client.send(new PutCommand({ TableName: rooms.tableNames.applications, Item }));
  await checkEligibility(rooms, { applicationId });
  const taskId = taskIdFor(applicationId, { department: 'district-440106' });
  return { applicationId, taskId, contentHash: submission.contentHash };
}
