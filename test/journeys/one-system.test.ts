import { afterAll, beforeAll, describe } from 'vitest';
import { type JourneyInstance, startJourneyInstance } from '../support/instance.ts';
import { attackIdentity } from './attacks/identity.ts';
import { attackMoney } from './attacks/money.ts';
import { attackFromOutside } from './attacks/outside.ts';
import { attackRules } from './attacks/rules.ts';
import { describeApplications } from './one-system/applications.ts';
import { describeEligibility } from './one-system/eligibility.ts';
import { describeMessages } from './one-system/messages.ts';
import { describeReview } from './one-system/review.ts';
import { describeWebhooks } from './one-system/webhooks.ts';

/*
 * Journeys that need no system of their own, each with companies of its own: to start one, and each of its functions,
 * takes as long as some of them.
 */
let system: JourneyInstance;
beforeAll(async () => {
  system = await startJourneyInstance();
}, 120_000);
afterAll(() => system?.stop());

describeApplications(() => system);
describeEligibility(() => system);
describeMessages(() => system);
describeReview(() => system);
describeWebhooks(() => system);
// On what the applications above have left: awards that are ordered and paid.
describe('attacks', () => {
  attackMoney(() => system);
  attackRules(() => system);
  attackIdentity(() => system);
  attackFromOutside(() => system);
});
