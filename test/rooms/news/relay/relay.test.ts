import {
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OutboxStore } from '../../../../functions/news/relay/outbox-store.ts';
import { Relay } from '../../../../functions/news/relay/relay.ts';
import type { OutboxMessage } from '../../../../functions/shared/outbox.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, type Rooms, today } from '../../../support/rooms.ts';

const states = mockClient(SFNClient);
let database: TestDynamoDb;
let rooms: Rooms;
let relay: Relay;
let serial = 0;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
  relay = new Relay({
    sendAnnouncement: async () => undefined,
    messages: new OutboxStore(rooms.tables.workflow),
    states: new SFNClient({ region: 'cn-north-1' }),
    waits: rooms.waits,
    clock: rooms.clock,
    reviewStateMachineArn: 'arn:aws-cn:states:cn-north-1:000000000000:stateMachine:review',
    roundStateMachineArn: 'arn:aws-cn:states:cn-north-1:000000000000:stateMachine:round',
    orderStateMachineArn: 'arn:aws-cn:states:cn-north-1:000000000000:stateMachine:order',
  });
});
afterAll(async () => {
  states.restore();
  await database.stop();
});
beforeEach(() => {
  states.reset();
  rooms.setClock(today);
  serial += 1;
});

const named = (name: string) => Object.assign(new Error(name), { name });

async function sent(message: OutboxMessage): Promise<string> {
  await rooms.waits.send(rooms.outbox, message);
  const found = (await rooms.pending(JSON.stringify(message).slice(1, -1).split(',').at(-1) ?? '')).at(-1);
  if (!found) throw new Error('the message is not there');
  return found.pk;
}

const start = (): OutboxMessage => ({
  type: 'start-review',
  applicationId: `app-${serial}`,
  submission: serial,
});
const resume = (): OutboxMessage => ({
  type: 'resume',
  waitId: `wait-${serial}`,
  output: { outcome: `o${serial}` },
});

describe('the relay', () => {
  it('starts one execution under a name made from the submission, and delivers a message once', async () => {
    const pk = await sent(start());
    await relay.deliver(pk);
    await relay.deliver(pk);
    const calls = states.commandCalls(StartExecutionCommand);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.args[0].input).toMatchObject({
      name: `app-${serial}-${serial}`,
      input: JSON.stringify({ applicationId: `app-${serial}`, submission: serial }),
    });
  });

  it('starts another execution for each time that a lapsed application was reopened, and stops that one', async () => {
    const review = { applicationId: `app-${serial}`, submission: 1, reopening: 2 };
    const pk = await sent({ type: 'start-review', ...review });
    await relay.deliver(pk);
    await relay.deliver(await sent({ type: 'stop-review', ...review, cause: `reopened-${serial}` }));
    expect(states.commandCalls(StartExecutionCommand)[0]?.args[0].input).toMatchObject({
      name: `app-${serial}-1-r2`,
      input: JSON.stringify({ applicationId: `app-${serial}`, submission: 1 }),
    });
    expect(states.commandCalls(StopExecutionCommand)[0]?.args[0].input.executionArn).toMatch(
      new RegExp(`:app-${serial}-1-r2$`),
    );
  });

  it('resumes a wait with its token, which no message holds', async () => {
    await rooms.waits.register(`wait-${serial}`, 'secret-token');
    const pk = await sent(resume());
    await relay.deliver(pk);
    expect(states.commandCalls(SendTaskSuccessCommand)[0]?.args[0].input).toEqual({
      taskToken: 'secret-token',
      output: JSON.stringify({ outcome: `o${serial}` }),
    });
  });

  it.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    'takes %s as an end of the wait',
    async (name) => {
      states.on(SendTaskSuccessCommand).rejects(named(name));
      await rooms.waits.register(`wait-${serial}`, 'old-token');
      const pk = await sent(resume());
      await relay.deliver(pk);
      expect((await rooms.pending(`wait-${serial}`)).map((one) => one.pk)).not.toContain(pk);
    },
  );

  it('finds the token that is waited for, also when an earlier attempt has registered after it', async () => {
    states.on(SendTaskSuccessCommand).callsFake(async ({ taskToken }) => {
      if (taskToken === 'dead') throw named('TaskTimedOut');
      return {};
    });
    await rooms.waits.register(`wait-${serial}`, 'alive');
    await rooms.waits.register(`wait-${serial}`, 'dead');
    const pk = await sent(resume());
    await relay.deliver(pk);
    const answered = states.commandCalls(SendTaskSuccessCommand).map(({ args }) => args[0].input.taskToken);
    expect(answered.sort()).toEqual(['alive', 'dead']);
    expect((await rooms.pending(`wait-${serial}`)).map((one) => one.pk)).not.toContain(pk);
  });

  it('leaves a resume to the stage itself when nobody waits yet', async () => {
    await relay.deliver(await sent(resume()));
    expect(states.commandCalls(SendTaskSuccessCommand)).toHaveLength(0);
  });

  it('stops an execution by the name of its submission, also when it is not there', async () => {
    states.on(StopExecutionCommand).rejects(named('ExecutionDoesNotExist'));
    const applicationId = `app-${serial}`;
    await relay.deliver(
      await sent({ type: 'stop-review', applicationId, submission: 1, cause: `c${serial}` }),
    );
    expect(states.commandCalls(StopExecutionCommand)[0]?.args[0].input.executionArn).toBe(
      `arn:aws-cn:states:cn-north-1:000000000000:execution:review:app-${serial}-1`,
    );
  });

  it('keeps a message that could not be sent, and the sweep sends it later', async () => {
    states.on(SendTaskSuccessCommand).rejectsOnce(named('ThrottlingException')).resolves({});
    await rooms.waits.register(`wait-${serial}`, 'token');
    const pk = await sent(resume());
    await expect(relay.deliver(pk)).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect(await relay.sweep()).toEqual({ delivered: 0, failed: 0 });
    rooms.setClock(new Date(today.getTime() + 60_000));
    expect(await relay.sweep()).toEqual({ delivered: 1, failed: 0 });
    expect(states.commandCalls(SendTaskSuccessCommand)).toHaveLength(2);
    expect(await relay.sweep()).toEqual({ delivered: 0, failed: 0 });
  });
});
