import { describeSchedules } from './play-schedules.ts';

describeSchedules(1);
