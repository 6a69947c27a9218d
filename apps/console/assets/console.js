// Times become the reader's own; UTC stays on hover and where there is no script.
const format = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

for (const time of document.querySelectorAll('time[datetime]')) {
  time.textContent = format.format(new Date(time.dateTime));
}
