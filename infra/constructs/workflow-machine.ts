import { ArnFormat, Aws, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Environment } from '../environment-settings.ts';
import { names, pascalCase } from '../names.ts';
import { logGroupProps, type ServiceFunction } from './service-function.ts';

export interface WorkflowMachineProps {
  readonly settings: Environment;
  readonly logsKey: IKey;
  /** Name of its file under `statemachines/`, without `.asl.json`. */
  readonly definition: string;
  /** Path of that file. */
  readonly definitionFile: string;
  /** The functions of its tasks, and the only ones it may invoke. */
  readonly tasks: readonly ServiceFunction[];
}

/** A state machine from its own definition file, with `${<Task>FunctionArn}` and `${AWSPartition}` filled in. */
export class WorkflowMachine extends Construct {
  readonly stateMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: WorkflowMachineProps) {
    super(scope, id);
    const { settings } = props;
    const role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('states.amazonaws.com') });
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: props.tasks.map((task) => task.function.functionArn),
      }),
    );
    const substitutions = props.tasks.map((task) => [
      `${pascalCase(task.door.replace(/^.*\//, ''))}FunctionArn`,
      task.function.functionArn,
    ]);
    this.stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      stateMachineName: names.stateMachine(settings.name, props.definition),
      stateMachineType: sfn.StateMachineType.STANDARD,
      definitionBody: sfn.DefinitionBody.fromFile(props.definitionFile),
      definitionSubstitutions: { AWSPartition: Aws.PARTITION, ...Object.fromEntries(substitutions) },
      role,
      logs: {
        destination: new logs.LogGroup(this, 'Logs', {
          ...logGroupProps(settings, props.logsKey),
          logGroupName: names.deliveredLogs(settings.name, 'states', props.definition),
        }),
        level: sfn.LogLevel.ALL,
        // Inputs carry task tokens, so they are logged only where nothing of worth can be resumed with one.
        includeExecutionData: settings.removalPolicy === 'destroy',
      },
      tracingEnabled: false,
    });
    Validations.of(this.stateMachine).acknowledge({
      id: 'AwsSolutions-SF2',
      reason:
        'China has no X-Ray for these services; the execution history and logs at level ALL stand in for it.',
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'Log delivery of Step Functions knows no resources: its eight actions are only granted on all of them.',
    });
  }

  /** Lets a function start and stop executions and resume their waiting tasks. */
  grantDrive(grantee: ServiceFunction): void {
    const { stateMachineArn, stateMachineName, stack } = this.stateMachine;
    grantee.allow(['states:StartExecution', 'states:SendTaskSuccess'], [stateMachineArn]);
    const executions = stack.formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: stateMachineName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    grantee.allowBelow(
      ['states:StopExecution'],
      this.stateMachine,
      executions,
      ':*',
      'Executions are named after applications and rounds while the system runs.',
    );
  }
}
