import { closeRegisterDay } from '../register/close-register-day.ts';
import { RegisterStore } from '../register/register-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { openTables } from '../shared/table.ts';

const parts = {
  store: new RegisterStore(openTables(readEnvironment('events/close-register-day')).budget),
  clock: systemClock,
};

/** Closes the days of the public register that are over, and publishes their roots. */
export async function handler(): Promise<{ closed: number }> {
  return closeRegisterDay(parts);
}
