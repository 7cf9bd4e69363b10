import type { Audience, RouteContract } from '../shared/route.ts';
import { accessRoutes } from './access.ts';
import { adjudicatorRoutes } from './adjudicator.ts';
import { applicantRoutes } from './applicant.ts';
import { auditRoutes } from './audit.ts';
import { documentRoutes } from './documents.ts';
import { dossierRoutes } from './dossiers.ts';
import { expertRoutes } from './expert.ts';
import { intakeRoutes } from './intake.ts';
import { messagesRoutes } from './messages.ts';
import { objectionRoutes } from './objections.ts';
import { operatorRoutes } from './operator.ts';
import { personRoutes } from './person.ts';
import { publicRoutes } from './public.ts';
import { reconsiderationRoutes } from './reconsiderations.ts';
import { registerRoutes } from './register.ts';
import { registryRoutes, uploadRoutes } from './registry.ts';
import { reportRoutes } from './reports.ts';
import { reviewerRoutes } from './reviewer.ts';
import { roundRoutes } from './rounds.ts';
import { treasuryRoutes } from './treasury.ts';

/** A contract with its name and the audience, and so the function, that serves it. */
export type NamedRoute = RouteContract & { readonly id: string; readonly audience: Audience };

const byAudience: Readonly<Record<Audience, Readonly<Record<string, RouteContract>>>> = {
  applicant: applicantRoutes,
  documents: documentRoutes,
  dossiers: dossierRoutes,
  reviewer: reviewerRoutes,
  reconsiderations: reconsiderationRoutes,
  adjudicator: adjudicatorRoutes,
  expert: expertRoutes,
  person: personRoutes,
  messages: messagesRoutes,
  operator: operatorRoutes,
  rounds: roundRoutes,
  treasury: treasuryRoutes,
  objections: objectionRoutes,
  intake: intakeRoutes,
  registry: registryRoutes,
  imports: uploadRoutes,
  access: accessRoutes,
  audit: auditRoutes,
  register: registerRoutes,
  reports: reportRoutes,
  public: publicRoutes,
};

/** Every route of the API. */
export const allRoutes: readonly NamedRoute[] = Object.entries(byAudience).flatMap(([audience, routes]) =>
  Object.entries(routes).map(([id, contract]) => ({ ...contract, id, audience: audience as Audience })),
);
