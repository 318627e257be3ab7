// Runs in the page before anything of its own: notes what a citizen would notice.
window.benchSeen = { usable: null, paint: null, tasks: [], shift: 0 };
{
  const seen = window.benchSeen;
  const watch = (type, note) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  watch("longtask", (entry) => seen.tasks.push(entry.duration));
  watch("largest-contentful-paint", (entry) => (seen.paint = entry.startTime));
  watch("layout-shift", (entry) => entry.hadRecentInput || (seen.shift += entry.value));
  // The field is there long before its script is: what is typed and sent then would go nowhere.
  const look = () => {
    const field = document.getElementById("field");
    const works = customElements.get("hala-composer") && field?.checkVisibility({ visibilityProperty: true }) && !field.disabled;
    if (works) seen.usable = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
