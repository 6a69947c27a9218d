import { renderDocument } from './layout.tsx';

/** A page that says one thing, also to those who are not signed in. */
export function renderMessagePage(title: string, message: string): string {
  return renderDocument(
    title,
    <main class="alone">
      <h1>{title}</h1>
      <p>{message}</p>
      <p>
        <a href="/">Back to the overview</a>
      </p>
    </main>,
  );
}
