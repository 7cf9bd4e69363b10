import { CfnOutput, CfnParameter, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Bundles } from '../bundles.ts';
import type { DomainEvents } from '../constructs/domain-events.ts';
import { DoorFunctions } from '../constructs/door-functions.ts';
import { portalOrigins } from '../constructs/portal-origins.ts';
import { countSecurityEvents } from '../constructs/security-events.ts';
import { ServiceApi } from '../constructs/service-api.ts';
import type { ServiceFunction } from '../constructs/service-function.ts';
import type { Environment } from '../environment-settings.ts';
import type { StateStack } from './state-stack.ts';

export interface ApiStackProps extends StackProps {
  readonly settings: Environment;
  readonly state: StateStack;
  /** The bus of the workflow stack. */
  readonly domainEvents: DomainEvents;
  readonly bundles: Bundles;
}

/**
 * The HTTP API and the functions that answer it. A stack of its own, since the routes alone are a third of what a stack may
 * hold; it comes after the workflow, so that a message which a new function writes meets readers that know it.
 */
export class ApiStack extends Stack {
  readonly apiId: string;
  readonly #props: ApiStackProps;
  readonly #functions: DoorFunctions;

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props);
    this.#props = props;
    const { settings, state } = props;
    this.#functions = new DoorFunctions(this, {
      ...props,
      variables: { LOGIN_INITIAL_ADMINS: this.#initialAdmins() },
    });
    const { OIDC_ISSUER, ...login } = this.#login();
    const portal = this.#functions.add('api/portal', { OIDC_ISSUER, ...login });
    const functions = this.#audiences();
    countSecurityEvents(Object.values(functions));
    const api = new ServiceApi(this, 'Api', {
      settings,
      logsKey: state.logsKey,
      issuer: OIDC_ISSUER,
      origins: portalOrigins(this, settings),
      portal,
      functions,
    });
    this.apiId = api.api.apiId;
    if (api.domainTarget) {
      new CfnOutput(this, 'DomainTarget', {
        value: api.domainTarget,
        description: 'What the CNAME of the domain points to',
      });
    }
    new CfnOutput(this, 'ApiUrl', { value: api.url, description: 'Address of the API' });
  }

  /** The function of each audience. */
  #audiences() {
    return {
      applicant: this.#functions.add('api/applicant'),
      documents: this.#functions.add('api/documents'),
      dossiers: this.#functions.add('api/dossiers'),
      reviewer: this.#functions.add('api/reviewer'),
      reconsiderations: this.#functions.add('api/reconsiderations'),
      adjudicator: this.#functions.add('api/adjudicator'),
      expert: this.#functions.add('api/expert'),
      person: this.#functions.add('api/person'),
      messages: this.#functions.add('api/messages'),
      operator: this.#functions.add('api/operator'),
      rounds: this.#functions.add('api/rounds'),
      treasury: this.#functions.add('api/treasury'),
      objections: this.#functions.add('api/objections'),
      intake: this.#intake(),
      registry: this.#functions.add('api/registry'),
      imports: this.#functions.add('api/imports'),
      access: this.#functions.add('api/access'),
      audit: this.#functions.add('api/audit'),
      register: this.#functions.add('api/register'),
      reports: this.#functions.add('api/reports'),
      public: this.#functions.add('api/public'),
    };
  }

  /** How people log in: the issuer is a parameter of the stack, so that one template serves any OpenID Connect issuer. */
  #login() {
    const { settings, state } = this.#props;
    const { portal, icp } = settings;
    const filings = icp.kind === 'filed' && {
      icp: icp.number,
      ...(icp.police !== undefined && { police: icp.police }),
    };
    const issuer = new CfnParameter(this, 'OidcIssuer', {
      description: 'Issuer of the access tokens (OpenID Connect), exactly as their iss claim has it',
      default: settings.oidcIssuer,
      allowedPattern: '^https?://.+',
    });
    return {
      OIDC_ISSUER: issuer.valueAsString,
      PORTAL_SETTINGS: JSON.stringify({ ...portal, ...filings }),
      UPLOADS_URL: `https://${state.documents.bucket.bucketRegionalDomainName}`,
    };
  }

  /** Who grants roles before anybody is granted one. */
  #initialAdmins(): string {
    const parameter = new CfnParameter(this, 'InitialAccessAdmins', {
      description:
        'Two logins (sub of their tokens), with a comma between, that grant roles before anybody is granted one; then empty',
      default: '',
      allowedPattern: '^$|^[!-+.-~-]{1,128},[!-+.-~-]{1,128}$',
    });
    return parameter.valueAsString;
  }

  /** Takes objections in, and sends the codes that confirm who brings them: by mail where there is a way, or by the bus. */
  #intake(): ServiceFunction {
    const { settings, domainEvents } = this.#props;
    const from = settings.mail.kind === 'ses' ? settings.mail.from : '';
    const intake = this.#functions.add('api/intake', {
      EVENT_BUS_NAME: domainEvents.bus.eventBusName,
      MAIL_FROM: from,
    });
    domainEvents.grantSendCodes(intake);
    if (from !== '') intake.allowMail(from);
    return intake;
  }
}
