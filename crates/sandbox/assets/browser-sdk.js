/*
 * The sandbox's stand-in for PortOne's browser SDK (V2): PortOne.requestIdentityVerification.
 * It opens the sandbox's own window, wherever this file came from; an IFRAME is a popup here.
 */
(function () {
  "use strict";

  const home = new URL(document.currentScript.src).origin;
  const CLOSED_CHECK_MS = 300;
  let giveUp = () => {};

  function isMobile() {
    return window.matchMedia("(pointer: coarse)").matches || window.matchMedia("(max-width: 600px)").matches;
  }

  function failure(request, code, message) {
    return {
      transactionType: "IDENTITY_VERIFICATION",
      identityVerificationId: request.identityVerificationId,
      identityVerificationTxId: "",
      code,
      message,
    };
  }

  function openPopup(address, request) {
    giveUp();
    return new Promise((resolve) => {
      const popup = window.open(address, "bonin-identity", "popup,width=480,height=760");
      if (!popup) {
        resolve(failure(request, "POPUP_BLOCKED", "팝업이 차단되었습니다."));
        return;
      }
      function end(result) {
        window.removeEventListener("message", listen);
        clearInterval(watch);
        giveUp = () => {};
        resolve(result);
      }
      function listen(event) {
        const data = event.data;
        if (event.origin !== home || event.source !== popup || !data || data.source !== "bonin-sandbox") return;
        end(data.result);
      }
      const closed = () => end(failure(request, "USER_CANCEL", "사용자가 본인인증 창을 닫았습니다."));
      let seen = false;
      const watch = setInterval(() => {
        // Once more after it is closed: its last message may be on the way.
        if (popup.closed && seen) closed();
        seen = popup.closed;
      }, CLOSED_CHECK_MS);
      giveUp = closed;
      window.addEventListener("message", listen);
    });
  }

  async function requestIdentityVerification(request) {
    for (const name of ["storeId", "identityVerificationId", "channelKey"]) {
      if (!request || !request[name]) throw new TypeError(`${name} is missing`);
    }
    const wanted = request.windowType || {};
    const type = isMobile() ? wanted.mobile || "REDIRECTION" : wanted.pc || "POPUP";
    const bypass = request.bypass || {};
    const query = new URLSearchParams({
      version: "2",
      store_id: request.storeId,
      channel_key: request.channelKey,
      identity_verification_id: request.identityVerificationId,
      page: location.origin + location.pathname,
    });
    if (request.customData) query.set("custom_data", request.customData);
    if (bypass.danal && bypass.danal.AGELIMIT) query.set("min_age", String(bypass.danal.AGELIMIT));
    if (type === "REDIRECTION" || request.forceRedirect === true) {
      if (!request.redirectUrl) throw new TypeError("redirectUrl is missing");
      query.set("mode", "redirect");
      query.set("redirect_url", new URL(request.redirectUrl, location.href).href);
      location.assign(`${home}/iamport/window?${query}`);
      return undefined;
    }
    query.set("mode", "popup");
    return openPopup(`${home}/iamport/window?${query}`, request);
  }

  window.PortOne = { requestIdentityVerification };
})();
