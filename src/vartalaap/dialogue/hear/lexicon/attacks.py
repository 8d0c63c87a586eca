"""Words of attempts to turn the assistant against its owner, as data: `tag: Hindi spellings | English spellings`."""

from __future__ import annotations

WORDS = """
x_override: bhool bhul bhulo bhoolo bhulja bhooljao nazarandaz najarandaj andekha andekhi todo tod भूल भूलो नज़रअंदाज़ नजरअंदाज अनदेखा अनदेखी तोड़ो तोड़ | ignore disregard forget override bypass discard neglect circumvent skip overrule erase reset violate इग्नोर बाईपास ओवरराइड
x_rules: nirdesh nirdeshon niyam niyamon hidayat hidayaten aadesh adesh pabandi pabandiyan seema seemayein maryada निर्देश निर्देशों नियम नियमों हिदायत आदेश आदेशों पाबंदी पाबंदियां सीमाएं | instruction instructions rule rules guideline guidelines prompt prompts directive directives policy policies restriction restrictions constraint constraints guardrail guardrails programming इंस्ट्रक्शन इंस्ट्रक्शंस रूल रूल्स प्रॉम्प्ट प्राम्प्ट गाइडलाइन गाइडलाइंस
x_safety: suraksha सुरक्षा | safety filter filters moderation security censorship safeguard safeguards protection protections limitation limitations firewall सेफ्टी फिल्टर सिक्योरिटी
x_disable: hatao hata hatado band बंद हटाओ हटा हटाकर | disable deactivate disabled remove off bypass unlock unlocked डिसेबल ऑफ
x_reveal: batao bata bataiye batado dikhao dikha dikhado dikhaiye sunao padho bhejo bhej bhejdo dedo de nikalo nikaal likho chhapo बताओ बता बताइए बताइये दिखाओ दिखा दिखाइए सुनाओ पढ़ो भेजो भेज दे निकालो लिखो दीजिए दो | reveal show tell print output display give share dump leak expose repeat list recite disclose provide send read display spell extract export access
x_secret: gopniya gupt raaz गोपनीय गुप्त राज़ | password passwords passcode otp cvv secret secrets credential credentials confidential apikey api token tokens aadhaar aadhar ssn पासवर्ड ओटीपी सीवीवी एपीआई सीक्रेट
x_others: doosre dusre dusron doosron auron दूसरे दूसरों औरों | other others another customers customer users user everyone callers caller कस्टमर कस्टमर्स
x_every: sab sabki sabke sabka saari saare sari sare saara poori puri poora pura सब सबकी सबके सबका सारी सारे पूरी पूरा | all every entire full complete whole
x_record: bookingon rikard बुकिंगों | bookings booking reservations reservation database records record list entries history contacts numbers data details info information बुकिंग डेटाबेस डेटा डाटा रिकॉर्ड लिस्ट डिटेल डिटेल्स
x_system: andruni androoni asli shuruaati अंदरूनी असली शुरुआती | system initial hidden internal original developer debug backend configuration config सिस्टम
x_boss: malik maalik adhikari sarkari pulis मालिक अधिकारी पुलिस | owner admin administrator developer ceo founder engineer manager supervisor police officer openai anthropic google inspector auditor technician staff employee creator programmer root tester executive ओनर एडमिन डेवलपर मैनेजर इंजीनियर
x_money: paise paisa rupaye rupay रुपये रुपए पैसे | money funds amount rupees cash payment lakh balance inr
x_account: khata khate खाता खाते | account upi wallet bank अकाउंट बैंक
x_transfer: bhejo bhej bhejdo daalo भेजो भेज डालो | transfer send wire deposit credit remit ट्रांसफर
x_harm: bam zehar jahar zeher hathiyar hathiyaar chori nasha बम ज़हर जहर हथियार चोरी नशा | hack hacking hacked hacker exploit exploits malware virus ransomware phishing bomb explosive explosives weapon weapons poison drugs steal fraud scam counterfeit keylogger ddos spyware crack cracking illegal forge launder jailbreak jailbreaking हैक हैकिंग मैलवेयर
x_how: kaise tarika tareeka tarike kadam banao banana banaun likho कैसे तरीका तरीके बनाओ बनाना बनाएं | how steps step method methods technique techniques guide tutorial write create make build code explain script payload example examples
x_protect: bachne bachav bachao bachna bachein surakshit roktham बचने बचाव बचाओ बचना सुरक्षित रोकथाम | protect prevent avoid safe safely defend defense protecting awareness secure detect detection report stop
x_mode: | mode मोड
x_own: mera meri mere apna apni apne मेरा मेरी मेरे अपना अपनी | my mine our
x_your: tumhara tumhare tumhari tera tere teri aapka aapke aapki apne apna apni तुम्हारा तुम्हारे तुम्हारी तेरे तेरा आपके आपका आपकी अपने अपनी | your yours youre
"""
