import type { VNode } from 'preact';
import type { SandboxContext } from '../core/context.ts';
import type { SandboxRental } from '../core/state.ts';
import { findCountry } from '../smsbower/catalogue/countries.ts';
import { findService } from '../smsbower/catalogue/services.ts';
import { plainDollars } from '../smsbower/money-words.ts';
import { Moment } from './moment.tsx';

const SHOWN = 50;

export function RentalTable({ ctx: { state } }: { ctx: SandboxContext }): VNode {
  const newest = [...state.rentals.values()].slice(-SHOWN).reverse();
  return (
    <section aria-labelledby="rentals">
      <h2 id="rentals">Rented numbers</h2>
      {newest.length === 0 ? <Empty /> : <Rows rentals={newest} />}
      {state.rentals.size > SHOWN && (
        <p class="more">
          The newest {SHOWN} of {state.rentals.size}.
        </p>
      )}
    </section>
  );
}

function Empty(): VNode {
  return (
    <p class="empty">
      No rentals yet. Rent one with <code>POST /api/virtual-numbers.php?action=rent_number</code> at the
      gateway; it appears here with a button that delivers a code.
    </p>
  );
}

function Rows({ rentals }: { rentals: SandboxRental[] }): VNode {
  return (
    <table>
      <caption>Numbers bought from SMSBower, newest first</caption>
      <thead>
        <tr>
          <th scope="col">Phone</th>
          <th scope="col">Service</th>
          <th scope="col">Country</th>
          <th scope="col" class="money">
            Cost, USD
          </th>
          <th scope="col">Status</th>
          <th scope="col">Codes</th>
          <th scope="col">Rented</th>
          <th scope="col">Deliver a code</th>
        </tr>
      </thead>
      <tbody>
        {rentals.map((rental) => (
          <Row key={rental.activationId} rental={rental} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ rental }: { rental: SandboxRental }): VNode {
  return (
    <tr>
      <td data-label="Phone" class="number">
        +{rental.phone}
        <small>id {rental.activationId}</small>
      </td>
      <td data-label="Service">{findService(rental.service)?.name ?? rental.service}</td>
      <td data-label="Country">{findCountry(String(rental.country))?.eng ?? rental.country}</td>
      <td data-label="Cost, USD" class="money">
        {plainDollars(rental.costMicros)}
      </td>
      <td data-label="Status">
        <span class={`state ${rental.state}`}>{rental.state}</span>
      </td>
      <td data-label="Codes">
        <Codes rental={rental} />
      </td>
      <td data-label="Rented">
        <Moment atMs={rental.boughtAtMs} />
      </td>
      <td data-label="Deliver a code">
        <DeliverForm rental={rental} />
      </td>
    </tr>
  );
}

function Codes({ rental }: { rental: SandboxRental }): VNode {
  if (rental.messages.length === 0) return <span class="none">none yet</span>;
  return (
    <>
      {rental.messages.map(({ code, text }, index) => (
        <span key={index} class="code" title={text}>
          {code ?? 'text only'}
        </span>
      ))}
    </>
  );
}

function DeliverForm({ rental }: { rental: SandboxRental }): VNode {
  if (rental.state === 'finished' || rental.state === 'cancelled') return <span class="none">over</span>;
  const field = `code-${rental.activationId}`;
  return (
    <form method="post" action="/inbox/code">
      <input type="hidden" name="activation_id" value={rental.activationId} />
      <label for={field} class="hidden">
        Code for +{rental.phone}
      </label>
      <input id={field} name="code" placeholder="any code" maxLength={20} size={8} autocomplete="off" />
      <button type="submit">Deliver a code</button>
    </form>
  );
}
