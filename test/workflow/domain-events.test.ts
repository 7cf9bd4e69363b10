import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseEvent } from '../../functions/news/domain-events/domain-event.ts';
import { EventBridgeBus, type EventBus } from '../../functions/news/domain-events/event-bus.ts';
import { EventRows } from '../../functions/news/domain-events/event-rows.ts';
import { type NewRow, publishEvents } from '../../functions/news/domain-events/publish-events.ts';
import { listNotifications } from '../../functions/news/messages/list-notifications.ts';
import { NotificationStore } from '../../functions/news/messages/notification-store.ts';
import { notify } from '../../functions/news/messages/notify.ts';
import { newUlid } from '../../functions/shared/ids.ts';
import type { BusEvent, EventsService } from '../../local/contracts.ts';
import { startEvents } from '../../local/events/service.ts';
import { submittedApplication } from '../builders/signed-off-application.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { compiled, openRooms, people, type Rooms, today } from '../support/rooms.ts';

const functionArn = 'arn:aws-cn:lambda:cn-north-1:000000000000:function:notify';
let dataDir: string;
let database: TestDynamoDb;
let rooms: Rooms;
let events: EventsService;
let store: NotificationStore;
const delivered: BusEvent[] = [];
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'domain-events-'));
  database = await startTestDynamoDb();
  rooms = openRooms(database);
  store = new NotificationStore(rooms.tables.messages);
  events = await startEvents({
    dataDir,
    account: '000000000000',
    region: 'cn-north-1',
    partition: 'aws-cn',
    log: () => undefined,
  });
  events.addBus('Bus', { Name: 'software-support-test' });
  events.addRule('Notify', {
    EventBusName: 'software-support-test',
    EventPattern: { source: ['software-support'] },
    Targets: [{ Id: 'Target', Arn: functionArn }],
  });
  const invoker = {
    invoke: async (_: string, payload: unknown) => {
      // What the rule hands over, as the service says.
      const event = payload as BusEvent;
      const { notice } = compiled;
      await notify({ store, notice, clock: rooms.clock }, parseEvent(event['detail-type'], event.detail));
      delivered.push(event);
      return { payload: null };
    },
  };
  events.start(invoker, { startExecution: async () => undefined });
});
afterAll(async () => {
  await events.stop();
  await database.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const busAt = (endpoint: string, name = 'software-support-test') =>
  new EventBridgeBus(name, new EventBridgeClient({ ...database.clientConfig, endpoint, maxAttempts: 1 }));
const bus = () => busAt(events.endpoint);
const parts = (to: EventBus = bus()) => ({
  rows: new EventRows(rooms.tables.applications, rooms.tables.budget),
  bus: to,
});

/** Writes a submitted application with its history row, and gives the row as the stream does. */
async function submit(): Promise<NewRow & { readonly applicationId: string }> {
  const submitted = submittedApplication(undefined, { version: 1, applicationId: newUlid() });
  const { submission: _, deciders: __, corrections: ___, scores: ____, signOffs: _____, ...rest } = submitted;
  const draft = { ...rest, status: 'draft' } as const;
  const note = { at: today.toISOString(), actor: { id: 'admin', role: 'organisation-admin' } as const };
  await rooms.store.write(rooms.store.transition(undefined, draft, { ...note, event: 'created' }));
  const stored = await rooms.store.require(submitted.applicationId);
  const next = { ...submitted, version: 2 };
  await rooms.store.write(rooms.store.transition(stored, next, { ...note, event: 'submitted' }));
  const { applicationId } = submitted;
  return {
    applicationId,
    position: '2',
    pk: `APPLICATION#${applicationId}`,
    sk: 'HISTORY#000000002',
  };
}

const about = (applicationId: string) =>
  delivered.filter(({ resources }) => resources.includes(applicationId));
const messagesOf = async (applicationId: string) =>
  (await listNotifications(store, people.admin, { limit: 100 })).items.filter(({ id }) =>
    id.startsWith(applicationId),
  );

describe('a row of the history', () => {
  it('becomes one message, though the stream brings it twice', async () => {
    const { applicationId, ...row } = await submit();
    expect(await publishEvents(parts(), [row])).toBeUndefined();
    expect(await publishEvents(parts(), [row])).toBeUndefined();
    await vi.waitFor(() => expect(about(applicationId)).toHaveLength(2), { timeout: 10_000 });
    expect(about(applicationId)).toEqual([
      expect.objectContaining({ source: 'software-support', 'detail-type': 'ApplicationSubmitted' }),
      expect.objectContaining({ time: '2026-11-23T02:00:00Z' }),
    ]);
    expect(await messagesOf(applicationId)).toEqual([
      expect.objectContaining({ id: `${applicationId}#2`, type: 'ApplicationSubmitted', read: false }),
    ]);
  });

  it('of a draft, or of something that is gone, says nothing and stops nothing', async () => {
    const { applicationId, ...row } = await submit();
    const created = { ...row, position: '1', sk: 'HISTORY#000000001' };
    const gone = { position: '3', pk: `APPLICATION#${newUlid()}`, sk: 'HISTORY#000000001' };
    expect(await publishEvents(parts(), [created, gone, row])).toBeUndefined();
    await vi.waitFor(() => expect(about(applicationId)).toHaveLength(1), { timeout: 10_000 });
  });

  it('that the bus refuses comes again, and those before it do not', async () => {
    const rows = [await submit(), await submit(), await submit()].map((row, index) => ({
      ...row,
      position: String(index),
    }));
    const put = vi.fn<EventBus['put']>().mockResolvedValue([undefined, 'ThrottlingException', undefined]);
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    expect(await publishEvents(parts({ put }), rows)).toBe('1');
    warned.mockRestore();
  });

  it('comes again when the bus does not answer, or does not exist', async () => {
    const row = await submit();
    const failed = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const nowhere = busAt('http://127.0.0.1:1');
    const unknown = busAt(events.endpoint, 'another-bus');
    expect(await publishEvents(parts(nowhere), [row])).toBe(row.position);
    expect(await publishEvents(parts(unknown), [row])).toBe(row.position);
    failed.mockRestore();
    warned.mockRestore();
  });

  it('that cannot be read is not passed over: those before it go out, it comes again', async () => {
    const [first, broken] = [await submit(), await submit()];
    const failed = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { applications } = rooms.tables;
    const key = { pk: broken.pk, sk: 'HISTORY#000000003' };
    await applications.write(applications.put(key, { row: { version: 'three' } }));
    const poisoned = { ...broken, position: '9', sk: 'HISTORY#000000003' };
    expect(await publishEvents(parts(), [first, poisoned])).toBe('9');
    await vi.waitFor(() => expect(about(first.applicationId)).toHaveLength(1), { timeout: 10_000 });
    failed.mockRestore();
  });
});
