import type { VNode } from 'preact';
import { type Action, COMMON_ERRORS, ENDPOINTS, type Endpoint, POST_ERRORS } from '../actions/index.ts';
import { curlFor } from './curl.ts';
import { InputTable, ReplyTable } from './field-table.tsx';
import { Layout } from './layout.tsx';
import { ErrorLink, Example, Json, Section } from './parts.tsx';

/** Every action with its input, replies and errors, made from the table that also dispatches. */
export function ReferencePage({ baseUrl }: { baseUrl: string }): VNode {
  const operations = ENDPOINTS.flatMap((endpoint) =>
    [...endpoint.actions.values()].map((action) => ({ endpoint, action })),
  );
  return (
    <Layout
      title="API reference"
      here="/docs"
      contents={operations.map(({ action }) => ({ id: action.name, text: action.name }))}
      lead={
        <>
          Every request and reply in full. New here? Start with the <a href="/docs/quickstart">quickstart</a>.
          The same, for machines: <a href="/openapi.json">openapi.json</a>,{' '}
          <a href="/postman.json">postman.json</a> (a Postman collection) and <a href="/llms.txt">llms.txt</a>
          .
        </>
      }
    >
      {operations.map(({ endpoint, action }) => (
        <Operation key={action.name} baseUrl={baseUrl} endpoint={endpoint} action={action} />
      ))}
      <Section id="common" title="Errors of every action">
        <p>
          Each code has its cause and what to do about it in the <a href="/docs/errors">list of errors</a>.
        </p>
        <ErrorList codes={COMMON_ERRORS} />
        <p>And of every POST:</p>
        <ErrorList codes={POST_ERRORS} />
      </Section>
    </Layout>
  );
}

function Operation(props: { baseUrl: string; endpoint: Endpoint; action: Action }): VNode {
  const { baseUrl, endpoint, action } = props;
  const where = endpoint.chosenByQuery
    ? `${endpoint.path}?action=${action.name}`
    : endpoint.path.replace(/:(\w+)/g, '{$1}');
  return (
    <Section
      id={action.name}
      title={<code>{action.name}</code>}
      examples={
        <>
          <Example title="Request" code={curlFor(baseUrl, endpoint, action)} />
          {action.replies.map(({ status, example }) => (
            <Json key={status} title="Reply" status={status} value={example} />
          ))}
        </>
      }
    >
      <p class="url">
        <span class="method">{action.method}</span> <code>{where}</code>
      </p>
      <p>
        <strong>{action.summary}.</strong> {action.description}
      </p>
      <InputTable caption={action.method === 'GET' ? 'Parameters' : 'Body, JSON'} fields={action.input} />
      {action.replies.map(({ status, when, schema }) => (
        <ReplyTable key={status} caption={`${status}: ${when}`} schema={schema} />
      ))}
      <h4>Errors of its own</h4>
      <ErrorList codes={action.errors} />
    </Section>
  );
}

function ErrorList({ codes }: { codes: readonly string[] }): VNode {
  return (
    <ul class="codes">
      {codes.map((code) => (
        <li key={code}>
          <ErrorLink code={code} />
        </li>
      ))}
    </ul>
  );
}
