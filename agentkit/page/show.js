"use strict";
(() => {
  const { traces, images } = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const SVG = "http://www.w3.org/2000/svg";
  let trace = 0, step = 0, timer = null;

  // Text reaches the page only through textContent: replies are hostile.
  function element(tag, className, text) {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  }
  function shape(tag, className, attributes) {
    const node = document.createElementNS(SVG, tag);
    node.setAttribute("class", className);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  }

  const mood = (ending) => ({ finished: "good", ended: "good", cut: "warn", broken: "bad" })[ending] || "";
  const stepMood = (frame) => frame.name === "Malformed" ? "bad" : frame.name === "Finished" ? "good" : "";
  const standing = (t) => "success" in t.scores ? (t.scores.success > 0.5 ? "good" : "bad") : mood(t.ending);

  function drawTraces() {
    at("traces").hidden = traces.length < 2;
    at("traces").replaceChildren(...traces.map((t, i) => {
      const button = element("button");
      button.type = "button";
      button.append(element("div", "name", t.label));
      const detail = element("div", "detail");
      detail.append(element("span", "dot " + standing(t)), element("span", "", `${t.ending}, ${t.frames.length} screens`));
      button.append(detail);
      button.addEventListener("click", () => go(i, 0));
      return button;
    }));
  }

  function drawHeader(t) {
    at("goal").textContent = t.goal;
    at("key").textContent = t.key;
    const badges = [element("span", "badge " + mood(t.ending), t.ending)];
    if (t.fault) badges[0].title = t.fault;
    for (const [name, value] of Object.entries(t.scores)) {
      const good = name === "success" ? (value > 0.5 ? " good" : " bad") : "";
      badges.push(element("span", "badge" + good, `${name} ${Number.isInteger(value) ? value : Number(value).toFixed(3)}`));
    }
    at("badges").replaceChildren(...badges);
  }

  function drawStrip(t) {
    at("strip").replaceChildren(...t.frames.map((frame, i) => {
      const button = element("button");
      button.type = "button";
      button.setAttribute("role", "option");
      button.title = frame.name || "final screen";
      const picture = element("img");
      picture.src = images[frame.image];
      picture.alt = "";
      button.append(picture, element("span", stepMood(frame), frame.name ? String(i + 1) : "end"));
      button.addEventListener("click", () => go(trace, i));
      return button;
    }));
  }

  function marksOf(frame) {
    const unit = Math.min(frame.width, frame.height) / 22;
    return frame.marks.flatMap((mark) => {
      const x = mark.x * frame.width, y = mark.y * frame.height;
      if (mark.kind === "box") {
        const size = { x, y, width: mark.x2 * frame.width - x, height: mark.y2 * frame.height - y, rx: unit / 6 };
        return [shape("rect", "halo", size), shape("rect", "outline", size)];
      }
      if (mark.kind === "line") return arrow(x, y, mark.x2 * frame.width, mark.y2 * frame.height, unit);
      const circle = (r) => ({ cx: x, cy: y, r });
      const shapes = [shape("circle", "halo", circle(unit)), shape("circle", "ring", circle(unit))];
      if (mark.kind !== "hover") shapes.push(shape("circle", "pulse", circle(unit)));
      if (mark.kind === "double") shapes.push(shape("circle", "ring", circle(unit * 1.45)));
      if (mark.kind === "hold") shapes.push(shape("circle", "core", circle(unit * 0.6)));
      else shapes.push(shape("circle", "core", circle(unit * 0.25)));
      return shapes;
    });
  }

  function arrow(x1, y1, x2, y2, unit) {
    const angle = Math.atan2(y2 - y1, x2 - x1);
    const corner = (turn, length) => `${x2 - length * Math.cos(angle + turn)},${y2 - length * Math.sin(angle + turn)}`;
    const d = `M${x1},${y1}L${x2 - unit * Math.cos(angle)},${y2 - unit * Math.sin(angle)}`;
    return [
      shape("path", "path-halo", { d }), shape("path", "path", { d }),
      shape("circle", "core", { cx: x1, cy: y1, r: unit * 0.45 }),
      shape("polygon", "head", { points: `${x2},${y2} ${corner(0.45, unit * 1.3)} ${corner(-0.45, unit * 1.3)}` }),
    ];
  }

  function drawScreen(frame) {
    at("picture").src = images[frame.image];
    at("marks").setAttribute("viewBox", `0 0 ${frame.width} ${frame.height}`);
    at("marks").replaceChildren(...marksOf(frame));
    fit();
  }

  function fit() {
    const frame = traces[trace].frames[step];
    if (!frame) return;
    const stage = at("stage"), room = 44;
    const scale = Math.min((stage.clientWidth - room) / frame.width, (stage.clientHeight - room) / frame.height);
    at("screen").style.width = `${Math.max(40, frame.width * scale)}px`;
    at("screen").style.height = `${Math.max(40, frame.height * scale)}px`;
  }

  function facts(title, rows) {
    const details = element("details");
    details.append(element("summary", "", title));
    const list = element("dl");
    for (const [name, value] of rows) list.append(element("dt", "", name), element("dd", "", value));
    details.append(list);
    return details;
  }

  function drawPanel(t, frame) {
    const nodes = [];
    const count = t.frames.filter((f) => f.name).length;
    if (frame && frame.name) {
      const cost = [frame.seconds ? `${frame.seconds.toFixed(2)} s` : "", ...frame.usage.map(([n, c]) => `${c} ${n} tokens`)];
      nodes.push(element("p", "step", [`Step ${step + 1} of ${count}`, ...cost].filter(Boolean).join(" · ")));
      nodes.push(element("h2", stepMood(frame) === "bad" ? "bad" : "", frame.name));
      for (const argument of frame.arguments) nodes.push(element("div", "argument", argument));
      for (const [title, text] of [["Thought", frame.thought], ["Conclusion", frame.conclusion]]) {
        if (text) nodes.push(element("h3", "", title), element("p", "said", text));
      }
      const raw = element("details");
      raw.append(element("summary", "", "Reply as written"), element("pre", "", frame.text));
      nodes.push(raw);
    } else {
      nodes.push(element("p", "step", `After ${count} steps`), element("h2", "", frame ? "Final screen" : "No screen"));
    }
    if (t.fault) nodes.push(element("h3", "", "Why it ended"), element("p", "said", t.fault));
    if (frame && frame.info.length) nodes.push(facts("Screen facts", frame.info));
    if (t.facts.length) nodes.push(facts("Run facts", t.facts));
    at("panel").replaceChildren(...nodes);
  }

  function go(toTrace, toStep) {
    const changed = toTrace !== trace || !at("strip").childElementCount;
    trace = Math.max(0, Math.min(traces.length - 1, toTrace));
    const t = traces[trace];
    step = Math.max(0, Math.min(t.frames.length - 1, toStep));
    if (changed) { drawHeader(t); drawStrip(t); }
    at("screen").hidden = !t.frames.length;
    if (t.frames.length) drawScreen(t.frames[step]);
    drawPanel(t, t.frames[step]);
    [...at("traces").children].forEach((b, i) => b.setAttribute("aria-current", String(i === trace)));
    [...at("strip").children].forEach((b, i) => b.setAttribute("aria-selected", String(i === step)));
    at("strip").children[step]?.scrollIntoView({ block: "nearest", inline: "nearest" });
    at("traces").children[trace]?.scrollIntoView({ block: "nearest" });
    history.replaceState(null, "", `#${trace + 1}.${step + 1}`);
  }

  function play(on) {
    clearInterval(timer);
    timer = on ? setInterval(() => {
      if (step + 1 < traces[trace].frames.length) go(trace, step + 1); else play(false);
    }, 1200) : null;
    at("play").textContent = on ? "❚❚" : "▶";
  }

  function setTheme(name) { document.documentElement.dataset.theme = name; }
  const otherTheme = () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");

  const keys = {
    ArrowRight: () => go(trace, step + 1), ArrowLeft: () => go(trace, step - 1),
    ArrowDown: () => go(trace + 1, 0), ArrowUp: () => go(trace - 1, 0),
    Home: () => go(trace, 0), End: () => go(trace, Infinity),
    " ": () => play(timer === null), t: otherTheme,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
    event.preventDefault();
    if (event.key !== " ") play(false);
    keys[event.key]();
  });
  at("play").addEventListener("click", () => play(timer === null));
  at("theme").addEventListener("click", otherTheme);
  addEventListener("resize", fit);

  setTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  drawTraces();
  const place = /^#(\d+)\.(\d+)$/.exec(location.hash);
  go(place ? place[1] - 1 : 0, place ? place[2] - 1 : 0);
})();
