import { SFNClient } from '@aws-sdk/client-sfn';
import { AnnouncementStore } from '../../filing/announcements/announcement-store.ts';
import { sendAnnouncement } from '../../filing/announcements/send-announcement.ts';
import { ToldStore } from '../../filing/announcements/told-store.ts';
import { ItemListing } from '../../filing/applications/item-listing.ts';
import { systemClock } from '../../shared/clock.ts';
import { type Door, readEnvironment } from '../../shared/environment.ts';
import { newUlid } from '../../shared/ids.ts';
import { Outbox } from '../../shared/outbox.ts';
import { openTables } from '../../shared/table.ts';
import { WaitRepository } from '../../shared/wait-repository.ts';
import { OutboxStore } from './outbox-store.ts';
import { Relay } from './relay.ts';

/** The relay of a door, on the tables and state machines of its environment. */
export function createRelay(door: Extract<Door, 'events/relay-outbox' | 'events/sweep-outbox'>): Relay {
  const environment = readEnvironment(door);
  const { applications, messages, workflow } = openTables(environment);
  const sending = {
    announcements: new AnnouncementStore(messages),
    filed: new ItemListing(applications),
    told: new ToldStore(applications),
    outbox: new Outbox(workflow, systemClock, newUlid),
    clock: systemClock,
  };
  return new Relay({
    messages: new OutboxStore(workflow),
    states: new SFNClient({}),
    waits: new WaitRepository(workflow, systemClock),
    sendAnnouncement: (page) => sendAnnouncement(sending, page),
    clock: systemClock,
    reviewStateMachineArn: environment.REVIEW_STATE_MACHINE_ARN,
    roundStateMachineArn: environment.ROUND_STATE_MACHINE_ARN,
    orderStateMachineArn: environment.ORDER_STATE_MACHINE_ARN,
  });
}
