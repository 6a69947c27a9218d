import type { VNode } from 'preact';
import { Layout } from './layout.tsx';
import { Authentication } from './sections/authentication.tsx';
import { Conventions } from './sections/conventions.tsx';
import { ErrorTable } from './sections/error-table.tsx';
import { GetKey } from './sections/get-key.tsx';
import { OutboundSms } from './sections/outbound-sms.tsx';
import { RentalWalk } from './sections/rental-walk.tsx';
import { Support } from './sections/support.tsx';
import { VirtualNumbers } from './sections/virtual-numbers.tsx';

const CONTENTS = [
  { id: 'authentication', text: 'Authentication' },
  { id: 'get-a-key', text: 'Get an API key' },
  { id: 'outbound-sms', text: 'Outbound SMS' },
  { id: 'virtual-numbers', text: 'Virtual numbers' },
  { id: 'rental', text: 'Catalogue, rent, poll' },
  { id: 'conventions', text: 'Conventions' },
  { id: 'errors', text: 'Errors' },
  { id: 'support', text: 'Support' },
];

/** The page partners integrate from. */
export function PartnerPage({ baseUrl }: { baseUrl: string }): VNode {
  return (
    <Layout
      title="Partner API"
      here="/"
      contents={CONTENTS}
      lead={
        <>
          Send text messages and rent numbers for one-time codes, from your own server. Every response is
          JSON. The examples use <code>{baseUrl}</code>, the address of this deployment; in production, use
          the production domain.
        </>
      }
    >
      <Authentication baseUrl={baseUrl} />
      <GetKey />
      <OutboundSms baseUrl={baseUrl} />
      <VirtualNumbers baseUrl={baseUrl} />
      <RentalWalk baseUrl={baseUrl} />
      <Conventions baseUrl={baseUrl} />
      <ErrorTable />
      <Support />
    </Layout>
  );
}
