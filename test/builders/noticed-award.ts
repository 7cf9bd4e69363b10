import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { ApplicationIn } from '../../functions/filing/applications/application.ts';
import { newUlid } from '../../functions/shared/ids.ts';
import { fen } from '../../functions/shared/money.ts';
import type { Rooms } from '../support/rooms.ts';
import { applicationKey } from '../support/tables.ts';
import { pooledApplication } from './budget.ts';

/** An application whose award is under notice for a week from now, in its table. */
export async function noticedAward(
  rooms: Pick<Rooms, 'client' | 'tableNames' | 'clock'>,
  changes: Partial<ApplicationIn<'noticed'>> = {},
): Promise<ApplicationIn<'noticed'>> {
  const now = rooms.clock();
  const { applicationId = newUlid() } = changes;
  const at = now.toISOString();
  const application: ApplicationIn<'noticed'> = {
    ...pooledApplication(applicationId, 'software-2026', 40_000_000),
    status: 'noticed',
    award: { fen: fen(40_000_000), roundId: newUlid(), at },
    notice: { opensAt: at, closesAt: new Date(now.getTime() + 7 * 86_400_000).toISOString() },
    ...changes,
  };
  const Item = { ...applicationKey(applicationId), state: application };
  await rooms.client.send(new PutCommand({ TableName: rooms.tableNames.applications, Item }));
  return application;
}
