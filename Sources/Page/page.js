// What the page does beyond being read: it keeps itself up to date, shows the prompt of the place that is pointed at, and plays the
// finished stretch of a film while the rest is made. Everything is there without it as well.

// MARK: Up to date

// The server says when something has happened; then the page is fetched again, and what differs is exchanged.
let isResting = false
let isStale = false

async function refresh() {
    if (isResting) { isStale = true; return }
    isResting = true
    const start = performance.now()
    try {
        const response = await fetch(location.pathname + location.search, { headers: { accept: "text/html" } })
        if (response.ok) exchange(new DOMParser().parseFromString(await response.text(), "text/html"))
    } catch { /* nuwad is away; the stream of events tells when it is back */ }
    // A page that takes long to make and to show, as of a very long film, is asked for the more seldom.
    setTimeout(() => {
        isResting = false
        if (isStale) { isStale = false; refresh() }
    }, Math.max(700, 4 * (performance.now() - start)))
}

function exchange(page) {
    // What the page is laid out for has changed, as when the film is done: the whole of it is wanted.
    const layout = (root) => [...root.querySelectorAll("video, .depth")].map((one) => one.dataset.growing ?? one.className).join()
    if (layout(page) !== layout(document)) return location.reload()
    document.title = page.title
    for (const fresh of page.querySelectorAll("[data-live]")) {
        const old = document.getElementById(fresh.id)
        // What this script has changed is known by its key. A button that somebody is about to press stays.
        if (!old || ("key" in old.dataset && old.dataset.key === fresh.dataset.key)) continue
        if (old.outerHTML === fresh.outerHTML || old.querySelector(":active")) continue
        // What is read aloud when it changes must stay the same element.
        if (fresh.dataset.live === "text") {
            old.className = fresh.className
            old.textContent = fresh.textContent
            continue
        }
        const focused = old.contains(document.activeElement) ? document.activeElement : null
        const position = focused && [...old.querySelectorAll("a, button")].indexOf(focused)
        old.replaceWith(fresh)
        if (focused) fresh.querySelectorAll("a, button")[position]?.focus()
    }
    showStill()
    player?.grow()
}

// A browser has six connections to a host, and a stream holds one: it is there only while somebody sees a page on which something
// may happen.
let events = null
function listen() {
    const isWanted = "live" in document.body.dataset && !document.hidden
    if (isWanted === (events !== null)) return
    events?.close()
    events = isWanted ? new EventSource("/page/events") : null
    if (events) events.onmessage = refresh
}
listen()
document.addEventListener("visibilitychange", () => {
    listen()
    if (events) refresh()
})
addEventListener("pagehide", () => events?.close())
// Shown again as it was left, long ago perhaps.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload() })

// MARK: The place in the film

const timeline = document.querySelector(".timeline")
const slider = document.querySelector(".place")
const video = document.querySelector("video")
const frames = Number(timeline?.dataset.frames ?? 0)
const fps = Number(timeline?.dataset.fps ?? 24)
const lag = Number(video?.dataset.lag ?? 0) / fps
let place = 0

function clock(frame) {
    // As Timecode.tabular has it: to the microsecond, then to the hundredth.
    const hundredths = Math.floor((Math.floor((frame * 1e6 + Math.floor(fps / 2)) / fps) + 5000) / 10000)
    const [seconds, part] = [Math.floor(hundredths / 100), hundredths % 100]
    const fields = [Math.floor(seconds / 60) % 60, seconds % 60].map(field => String(field).padStart(2, "0"))
    const hours = Math.floor(seconds / 3600)
    return (hours > 0 ? `${hours}:${fields[0]}` : Number(fields[0])) + `:${fields[1]}.${String(part).padStart(2, "0")}`
}

function point(frame, scrolls = false) {
    place = Math.max(0, Math.min(frames - 1, Math.round(frame)))
    timeline.classList.add("pointed")
    timeline.querySelector(".needle").style.left = `${100 * place / frames}%`
    let prompt = ""
    for (const shot of document.querySelectorAll(".shots li")) {
        const isNow = Number(shot.dataset.from) <= place && place < Number(shot.dataset.to)
        if (isNow) prompt = shot.querySelector(".prompt").textContent
        if (isNow && scrolls && !shot.classList.contains("now")) {
            shot.parentElement.scrollTop = shot.offsetTop - shot.parentElement.offsetTop - 40
        }
        shot.classList.toggle("now", isNow)
    }
    showStill()
    slider.setAttribute("aria-valuenow", place)
    slider.setAttribute("aria-valuetext", `${clock(place)}, frame ${place}: ${prompt}`)
    document.getElementById("readout").textContent = `${clock(place)} · frame ${place} · ${prompt}`
}

// While there is nothing to play, the picture that is nearest.
function showStill() {
    const still = document.querySelector(".waiting .still img")
    if (!still || !timeline.classList.contains("pointed")) return
    const distance = (cell) => Math.abs(Number(cell.dataset.frame) - place)
    const cells = [...document.querySelectorAll(".strip li:not(.blank)")]
    const nearest = cells.reduce((best, cell) => !best || distance(cell) < distance(best) ? cell : best, null)
    const picture = nearest?.querySelector("img")
    if (picture && picture.src !== still.src) still.src = picture.src
}

function seek(frame) {
    const time = (Math.round(frame) + 0.5) / fps + lag
    for (let i = 0; i < (video?.buffered.length ?? 0); i++) {
        if (video.buffered.start(i) <= time && time < video.buffered.end(i)) { video.currentTime = time; return }
    }
    if (video && !video.dataset.growing) video.currentTime = time
}

if (timeline) {
    const at = (event) => {
        const box = timeline.getBoundingClientRect()
        // A picture in a folded row tells its own frame.
        const cell = event.target.closest?.("[data-frame]")
        return cell ? Number(cell.dataset.frame) : (event.clientX - box.left) / box.width * frames
    }
    timeline.addEventListener("pointermove", (event) => point(at(event), true))
    timeline.addEventListener("click", (event) => { if (!event.target.closest("button")) seek(at(event)) })
    slider.addEventListener("keydown", (event) => {
        const step = Number(timeline.dataset.step)
        const moves = {
            ArrowRight: step, ArrowUp: step, ArrowLeft: -step, ArrowDown: -step, PageUp: step * 6, PageDown: -step * 6,
            Home: -frames, End: frames,
        }
        if (!(event.key in moves)) return
        event.preventDefault()
        point(place + moves[event.key], true)
        seek(place)
    })
    video?.addEventListener("timeupdate", () => {
        // Whoever points at a place wants to know of that one.
        const isPointed = timeline.matches(":hover") || document.activeElement === slider
        if (!video.paused && !isPointed) point((video.currentTime - lag) * fps, true)
    })
}

// MARK: The film while it grows

let isLeaving = false
addEventListener("beforeunload", () => { isLeaving = true })

// Pieces of fragmented MP4 go into the player one after the other, as they are finished.
class GrowingPlayer {
    constructor(video) {
        this.video = video
        this.next = 0
        this.isBusy = false
        this.source = new MediaSource()
        video.src = URL.createObjectURL(this.source)
        this.source.addEventListener("sourceopen", () => this.grow(), { once: true })
    }

    get caption() { return document.getElementById("stretch") }

    async grow() {
        if (this.isBusy || this.source.readyState !== "open") return
        // Other keyframes are being made: what plays is of the earlier ones.
        if (this.edition && this.edition !== this.caption.dataset.edition) return location.reload()
        this.isBusy = true
        try {
            while (this.next < Number(this.caption.dataset.pieces)) await this.append()
            if (this.next === Number(this.caption.dataset.all)) this.source.endOfStream()
        } catch (error) {
            // What is still on its way when somebody leaves the page fails as well.
            if (!isLeaving) console.warn("the finished stretch cannot be played on:", error)
        }
        this.isBusy = false
    }

    async append() {
        const edition = this.caption.dataset.edition
        const piece = async (name) => {
            const response = await fetch(`${this.video.dataset.growing}/${name}?edition=${edition}`)
            if (!response.ok) throw new Error(`${name}: ${response.status}`)
            return { bytes: await response.arrayBuffer(), type: response.headers.get("content-type") }
        }
        if (!this.buffer) {
            const head = await piece("head.mp4")
            this.edition = edition
            this.buffer = this.source.addSourceBuffer(head.type)
            // As long as the whole film, so that its bar is.
            this.source.duration = frames / fps + lag
            await this.put(head.bytes)
        }
        await this.put((await piece(`${this.next}.m4s`)).bytes)
        if (this.next === 0) {
            this.video.closest("figure").classList.remove("waiting")
            this.video.currentTime = lag
            this.video.play().catch(() => {})
        }
        this.next += 1
    }

    put(bytes) {
        return new Promise((resolve, reject) => {
            this.buffer.addEventListener("updateend", resolve, { once: true })
            this.buffer.addEventListener("error", reject, { once: true })
            this.buffer.appendBuffer(bytes)
        })
    }
}

const player = video?.dataset.growing && "MediaSource" in window ? new GrowingPlayer(video) : null
