// Sounds from the microphone and pictures from the camera become terms of the search, where the browser allows it.
import { handIn } from "./hand.js";

const LONGEST_SECONDS = 60;
const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

/** Put buttons in the place of the file fields that ask a telephone for its camera and its microphone. */
export function recordMedia() {
  const tools = document.querySelector("#record");
  if (!tools || !navigator.mediaDevices?.getUserMedia) return;
  const say = (key, error) => {
    const name = error ? (error.name === "NotAllowedError" ? "denied" : "missing") : key;
    tools.querySelector("[role=status]").textContent = name ? tools.dataset[name] : "";
  };
  tools.hidden = false;
  for (const field of document.querySelectorAll("#hand-form [capture]")) field.closest("label").hidden = true;
  const sound = tools.querySelector("[data-record=sound]");
  if (window.MediaRecorder) recordSound(sound, say);
  else sound.hidden = true;
  takePicture(tools, say);
}

/** A button that begins to listen, and ends what it began. */
function recordSound(button, say) {
  const [begin, end] = [button.textContent, button.dataset.stop];
  let recorder = null;
  button.addEventListener("click", async () => {
    if (recorder) return recorder.stop();
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch (error) {
      return say("", error);
    }
    const pieces = [];
    const mimeType = KINDS.find((one) => MediaRecorder.isTypeSupported(one));
    recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {});
    const began = Date.now();
    const clock = setInterval(() => {
      const seconds = Math.floor((Date.now() - began) / 1000);
      button.textContent = `${end} ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (seconds >= LONGEST_SECONDS) recorder?.stop();
    }, 250);
    recorder.addEventListener("dataavailable", (event) => event.data.size && pieces.push(event.data));
    recorder.addEventListener("stop", () => {
      clearInterval(clock);
      stream.getTracks().forEach((track) => track.stop());
      const type = (recorder.mimeType || mimeType || "audio/webm").split(";")[0];
      recorder = null;
      [button.textContent] = [begin];
      button.removeAttribute("aria-pressed");
      say("");
      if (pieces.length) handIn([new File(pieces, `${button.dataset.name}.${type.split("/")[1]}`, { type })]);
    });
    recorder.start(1000);
    button.textContent = `${end} 0:00`;
    button.setAttribute("aria-pressed", "true");
    return say("listening");
  });
  return undefined;
}

/** A dialog that shows what the camera sees, of which one picture is taken. */
function takePicture(tools, say) {
  const dialog = document.querySelector("#camera");
  const view = dialog.querySelector("video");
  const open = tools.querySelector("[data-record=picture]");
  open.addEventListener("click", async () => {
    try {
      view.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      say("");
    } catch (error) {
      return say("", error);
    }
    return dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    view.srcObject?.getTracks().forEach((track) => track.stop());
    view.srcObject = null;
  });
  dialog.querySelector("[data-take]").addEventListener("click", () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: view.videoWidth, height: view.videoHeight });
    canvas.getContext("2d").drawImage(view, 0, 0);
    dialog.close();
    if (!canvas.width) return say("", new DOMException("", "NotFoundError"));
    canvas.toBlob((blob) => handIn([new File([blob], `${open.dataset.name}.jpeg`, { type: "image/jpeg" })]), "image/jpeg", 0.9);
    return undefined;
  });
}
