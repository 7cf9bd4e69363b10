import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { join } from 'node:path';
import * as z from 'zod';
import type {
  BusEvent,
  EventsService,
  ExecutionStarter,
  FunctionInvoker,
  OnGiveUp,
  ProvisionedResource,
  ResolvedProperties,
  ServiceOptions,
} from '../contracts.ts';
import { Journal } from '../journal.ts';
import { busEventSchema } from './bus-event.ts';
import { type Clock, systemClock } from './clock.ts';
import { Deliveries } from './delivery.ts';
import type { Matches } from './pattern.ts';
import { servePutEvents } from './put-events.ts';
import { parseBus, parseRule, parseSchedule, type RuleTarget } from './resources.ts';
import { Scheduler } from './scheduler.ts';

const acceptedSchema = z.object({ bus: z.string(), event: busEventSchema });

interface PatternRule {
  readonly name: string;
  readonly bus: string;
  readonly matches: Matches;
  readonly targets: readonly RuleTarget[];
}

/**
 * Starts EventBridge and EventBridge Scheduler. Events that arrive before `start` are kept until then, and so is what
 * was accepted and not delivered when the process ended.
 * @param heard is told of every event that is accepted, as somebody outside would hear it.
 */
export async function startEvents(
  options: ServiceOptions,
  clock: Clock = systemClock,
  heard: (event: BusEvent) => void = () => undefined,
): Promise<EventsService> {
  let service: EmbeddedEvents | undefined;
  const server = await servePutEvents(options, (bus, event) => {
    const accepted = service?.accept(bus, event) ?? false;
    if (accepted) heard(event);
    return accepted;
  });
  service = new EmbeddedEvents(options, clock, server);
  return service;
}

class EmbeddedEvents implements EventsService {
  readonly endpoint: string;
  readonly #options: ServiceOptions;
  readonly #server: Server;
  readonly #accepted: Journal<z.infer<typeof acceptedSchema>>;
  readonly #deliveries: Deliveries;
  readonly #scheduler: Scheduler;
  readonly #buses = new Set(['default']);
  readonly #rules: PatternRule[] = [];
  #started = false;
  #stopped: Promise<void> | undefined;

  constructor(options: ServiceOptions, clock: Clock, server: Server) {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('EventBridge: no port');
    this.endpoint = `http://127.0.0.1:${address.port}`;
    this.#options = options;
    this.#server = server;
    const dir = join(options.dataDir, 'events');
    this.#accepted = new Journal(join(dir, 'accepted.jsonl'), acceptedSchema);
    this.#deliveries = new Deliveries(options.dataDir, clock, options.log);
    this.#scheduler = new Scheduler(join(dir, 'schedules.json'), clock, options.log);
  }

  addBus(logicalId: string, properties: ResolvedProperties): ProvisionedResource {
    const { name } = parseBus(logicalId, properties);
    if (this.#buses.has(name)) throw new Error(`${logicalId} (AWS::Events::EventBus): ${name} exists twice`);
    this.#buses.add(name);
    return { ref: name, attributes: { Arn: this.#arn('events', `event-bus/${name}`), Name: name } };
  }

  addRule(logicalId: string, properties: ResolvedProperties): ProvisionedResource {
    const rule = parseRule(logicalId, properties, (resource) => this.#arn('events', resource));
    if (!this.#buses.has(rule.bus)) {
      throw new Error(`${logicalId} (AWS::Events::Rule): there is no event bus ${rule.bus}`);
    }
    const { name, arn, bus, targets, matches } = rule;
    if (rule.enabled && matches !== undefined) this.#rules.push({ name, bus, matches, targets });
    if (rule.enabled && rule.schedule !== undefined) {
      this.#scheduler.add({
        arn,
        ...rule.schedule,
        call: (plannedMs) =>
          this.#deliver(name, targets, this.#scheduledEvent('aws.events', arn, plannedMs, {})),
      });
    }
    return { ref: name, attributes: { Arn: arn } };
  }

  addSchedule(logicalId: string, properties: ResolvedProperties): ProvisionedResource {
    const schedule = parseSchedule(logicalId, properties, (resource) => this.#arn('scheduler', resource));
    const { name, arn, destination, input } = schedule;
    if (schedule.enabled) {
      this.#scheduler.add({
        arn,
        expression: schedule.expression,
        next: schedule.next,
        startMs: schedule.startMs,
        endMs: schedule.endMs,
        call: (plannedMs) => {
          const scheduledTime = new Date(plannedMs).toISOString();
          // Without an input the target gets an event whose detail, unlike a rule's, is text.
          const payload =
            input?.({ arn, scheduledTime, executionId: randomUUID() }) ??
            this.#scheduledEvent('aws.scheduler', arn, plannedMs, '{}');
          this.#deliveries.submit(`schedule ${name}`, destination, payload);
        },
      });
    }
    return { ref: name, attributes: { Arn: arn } };
  }

  publish(event: BusEvent): void {
    this.accept('default', event);
  }

  /** Takes an event for a bus; when it returns true, the event, or each of its deliveries, is on disk. */
  accept(bus: string, event: BusEvent): boolean {
    if (!this.#buses.has(bus)) return false;
    if (this.#started) this.#route(bus, event);
    else this.#accepted.add({ bus, event });
    return true;
  }

  start(invoker: FunctionInvoker, starter: ExecutionStarter, onGiveUp?: OnGiveUp): void {
    if (this.#started) throw new Error('start was called before');
    this.#started = true;
    this.#deliveries.start(invoker, starter, onGiveUp);
    for (const { id, entry } of this.#accepted.entries()) {
      this.#route(entry.bus, entry.event);
      this.#accepted.remove(id);
    }
    this.#scheduler.start();
  }

  stop(): Promise<void> {
    this.#stopped ??= new Promise((resolve) => {
      this.#scheduler.stop();
      this.#deliveries.stop();
      this.#accepted.close();
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
    return this.#stopped;
  }

  #route(bus: string, event: BusEvent): void {
    for (const rule of this.#rules) {
      if (rule.bus === bus && rule.matches(event)) this.#deliver(rule.name, rule.targets, event);
    }
  }

  #deliver(ruleName: string, targets: readonly RuleTarget[], event: BusEvent): void {
    for (const { destination, input } of targets) {
      this.#deliveries.submit(`rule ${ruleName}`, destination, input(event));
    }
  }

  #scheduledEvent<Detail>(source: string, arn: string, plannedMs: number, detail: Detail) {
    return {
      version: '0' as const,
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source,
      account: this.#options.account,
      time: new Date(plannedMs).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: this.#options.region,
      resources: [arn],
      detail,
    };
  }

  #arn(service: string, resource: string): string {
    const { partition, region, account } = this.#options;
    return `arn:${partition}:${service}:${region}:${account}:${resource}`;
  }
}
