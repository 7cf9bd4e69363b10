import { SFNClient } from '@aws-sdk/client-sfn';
import { systemClock } from '../../shared/clock.ts';
import { type Door, readEnvironment } from '../../shared/environment.ts';
import { openTables } from '../../shared/table.ts';
import { WaitRepository } from '../../shared/wait-repository.ts';
import { OutboxStore } from './outbox-store.ts';
import { Relay } from './relay.ts';

/** The relay of a door, on the tables and state machines of its environment. */
export function createRelay(door: Extract<Door, 'events/relay-outbox' | 'events/sweep-outbox'>): Relay {
  const environment = readEnvironment(door);
  const { workflow } = openTables(environment);
  return new Relay({
    messages: new OutboxStore(workflow),
    states: new SFNClient({}),
    waits: new WaitRepository(workflow, systemClock),
    clock: systemClock,
    reviewStateMachineArn: environment.REVIEW_STATE_MACHINE_ARN,
    roundStateMachineArn: environment.ROUND_STATE_MACHINE_ARN,
    orderStateMachineArn: environment.ORDER_STATE_MACHINE_ARN,
  });
}
