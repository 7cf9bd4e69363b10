import { App, type AppProps, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { doors } from './access/doors.ts';
import { type Bundles, type BundlingOptions, bundleDoors } from './bundles.ts';
import type { Environment } from './environment-settings.ts';
import { names, systemName } from './names.ts';
import { ApiStack } from './stacks/api-stack.ts';
import { ObservabilityStack } from './stacks/observability-stack.ts';
import { StateStack } from './stacks/state-stack.ts';
import { WorkflowStack } from './stacks/workflow-stack.ts';

/** Bundles of all functions. */
export async function bundleFunctions(options?: BundlingOptions): Promise<Bundles> {
  const wanted = Object.entries(doors).map(([door, settings]) => [
    door,
    { policy: 'policy' in settings, font: 'font' in settings, portal: 'portal' in settings },
  ]);
  return bundleDoors(Object.fromEntries(wanted), options);
}

/**
 * An app whose templates do not depend on how it is run: the CDK CLI hands over the flags of cdk.json, a program that
 * starts the app by itself does not, so the flags stand here.
 */
export function createApp(props: AppProps = {}): App {
  return new App({
    ...props,
    analyticsReporting: false,
    context: {
      '@aws-cdk/aws-iam:minimizePolicies': true,
      // Faults against the resources' schemas stop the synthesis, they do not only warn.
      '@aws-cdk/core:validateAgainstDefaultRules': true,
      // Log delivery is let in by the bucket's policy: our buckets know no ACLs.
      '@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy': true,
      // An export that another stack imports stays: the state stack cannot lose a table that is in use.
      '@aws-cdk/core:defaultCrossStackReferences': 'strong',
      ...props.context,
    },
  });
}

/**
 * Types that are never tagged: Lambda in China takes no tags of event source mappings though the schema has them, Ningxia none of
 * dashboards, and rules are tagged by nobody who reads it. Stacks are not tagged either, since CloudFormation hands their tags on
 * to every type whose schema has some.
 */
const untagged = [
  'AWS::Lambda::EventSourceMapping',
  'AWS::CloudWatch::Dashboard',
  'AWS::Events::Rule',
  'aws:cdk:stack',
];

/**
 * The stacks of one environment, checked against the AWS Solutions rules. What the context `unprotected` names, ids with commas
 * between, is not protected from being deleted: stacks that were never complete, so that a failed attempt can be cleared away.
 */
export function addSystem(app: App, settings: Environment, bundles: Bundles): void {
  const { account, region, name } = settings;
  const unprotected = String(app.node.tryGetContext('unprotected') ?? '').split(',');
  const common = (id: string) => {
    const deletionProtection = settings.deletionProtection && !unprotected.includes(id);
    return {
      settings: { ...settings, deletionProtection },
      env: { account, region },
      terminationProtection: deletionProtection,
    };
  };
  const state = new StateStack(app, 'State', { ...common('State'), stackName: names.stack(name, 'state') });
  const workflow = new WorkflowStack(app, 'Workflow', {
    ...common('Workflow'),
    stackName: names.stack(name, 'workflow'),
    state,
    bundles,
  });
  const { apiId } = new ApiStack(app, 'Api', {
    ...common('Api'),
    stackName: names.stack(name, 'api'),
    state,
    domainEvents: workflow.domainEvents,
    bundles,
  });
  new ObservabilityStack(app, 'Observability', {
    ...common('Observability'),
    stackName: names.stack(name, 'observability'),
    apiId,
  });
  Tags.of(app).add('system', systemName, { excludeResourceTypes: untagged });
  Tags.of(app).add('environment', name, { excludeResourceTypes: untagged });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
