; The installer for Windows: for one user, without administrator rights.  installer/build.py windows compiles it:
;
;   makensis -DVERSION=1.2.3 -DPAYLOAD=build\etoile -DSIZE_KB=400000 -DICON=build\windows\etoile.ico -DTARGET=….exe etoile.nsi
;
; etoile-setup.exe [/S] [/AUTOSTART=0|1] [/D=FOLDER]; without questions with /S.  Exit code 0: done; 2: not done.

Unicode true
SetCompressor /SOLID lzma
ManifestDPIAware true
RequestExecutionLevel user

!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include Sections.nsh

!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Etoile"

Name "Etoile"
OutFile "${TARGET}"
InstallDir "$LOCALAPPDATA\Programs\Etoile"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"
BrandingText "Etoile ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "Etoile"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "Etoile"
VIAddVersionKey "LegalCopyright" "The Etoile contributors"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_FINISHPAGE_RUN "$INSTDIR\etoile-tray.exe"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "French"
!insertmacro MUI_LANGUAGE "PortugueseBR"

LangString AUTOSTART ${LANG_ENGLISH} "Start with Windows"
LangString AUTOSTART ${LANG_FRENCH} "Démarrer avec Windows"
LangString AUTOSTART ${LANG_PORTUGUESEBR} "Iniciar com o Windows"
LangString NO_ROOM ${LANG_ENGLISH} "Etoile needs $1 MB in $INSTDIR, and $0 MB are free. Nothing was changed."
LangString NO_ROOM ${LANG_FRENCH} "Il faut $1 Mo à Etoile dans $INSTDIR, et $0 Mo sont libres. Rien n’a été changé."
LangString NO_ROOM ${LANG_PORTUGUESEBR} "O Etoile precisa de $1 MB em $INSTDIR, e $0 MB estão livres. Nada foi alterado."
LangString NO_WRITING ${LANG_ENGLISH} "$INSTDIR cannot be written to. Nothing was changed."
LangString NO_WRITING ${LANG_FRENCH} "Impossible d’écrire dans $INSTDIR. Rien n’a été changé."
LangString NO_WRITING ${LANG_PORTUGUESEBR} "Não é possível gravar em $INSTDIR. Nada foi alterado."
LangString STILL_RUNNING ${LANG_ENGLISH} "The running Etoile did not end. Quit it from its tray icon, then try again."
LangString STILL_RUNNING ${LANG_FRENCH} "Etoile est encore ouverte. Quittez-la depuis son icône, puis recommencez."
LangString STILL_RUNNING ${LANG_PORTUGUESEBR} "O Etoile ainda está aberto. Feche-o pelo ícone na bandeja e tente de novo."
LangString NOT_IN_PLACE ${LANG_ENGLISH} "Another program holds files in $INSTDIR. Close it, then run this again."
LangString NOT_IN_PLACE ${LANG_FRENCH} "Un autre programme retient des fichiers dans $INSTDIR. Fermez-le, puis relancez ceci."
LangString NOT_IN_PLACE ${LANG_PORTUGUESEBR} "Outro programa está usando arquivos em $INSTDIR. Feche-o e execute isto de novo."
LangString DATA_STAYS ${LANG_ENGLISH} "Your settings, history and models stay in $LOCALAPPDATA\etoile."
LangString DATA_STAYS ${LANG_FRENCH} "Vos réglages, votre historique et vos modèles restent dans $LOCALAPPDATA\etoile."
LangString DATA_STAYS ${LANG_PORTUGUESEBR} "Suas configurações, seu histórico e seus modelos ficam em $LOCALAPPDATA\etoile."

!macro FAIL WHY
  MessageBox MB_OK|MB_ICONSTOP "${WHY}" /SD IDOK
  SetErrorLevel 2
  Abort "${WHY}"
!macroend

; Sets $R0 to 1 while a program of the installed Etoile runs: Windows lets nobody write to it then.
!macro LOOK_AT PROGRAM
  ${If} ${FileExists} "$INSTDIR\${PROGRAM}"
    ClearErrors
    FileOpen $R1 "$INSTDIR\${PROGRAM}" a
    ${If} ${Errors}
      StrCpy $R0 1
    ${Else}
      FileClose $R1
    ${EndIf}
  ${EndIf}
!macroend
!macro LOOK_FOR_RUNNING
  StrCpy $R0 0
  !insertmacro LOOK_AT "etoile-tray.exe"
  !insertmacro LOOK_AT "etoile.exe"
!macroend

; Asks the running Etoile to quit, waits up to ten seconds, then ends it.
!macro END_RUNNING UN
Function ${UN}EndRunning
  !insertmacro LOOK_FOR_RUNNING
  ${If} $R0 = 0
    Return
  ${EndIf}
  nsExec::Exec '"$INSTDIR\etoile.exe" quit'
  Pop $R2
  ${For} $R3 1 50
    !insertmacro LOOK_FOR_RUNNING
    ${If} $R0 = 0
      Return
    ${EndIf}
    Sleep 200
  ${Next}
  ReadEnvStr $R4 USERNAME
  nsExec::Exec 'taskkill /F /T /IM etoile-tray.exe /FI "USERNAME eq $R4"'
  Pop $R2
  nsExec::Exec 'taskkill /F /T /IM etoile.exe /FI "USERNAME eq $R4"'
  Pop $R2
  Sleep 1000
  !insertmacro LOOK_FOR_RUNNING
  ${If} $R0 = 1
    !insertmacro FAIL "$(STILL_RUNNING)"
  ${EndIf}
FunctionEnd
!macroend
!insertmacro END_RUNNING ""
!insertmacro END_RUNNING "un."

; Takes away what an installer brought, and nothing else that may lie in the folder.
!macro REMOVE_PROGRAM
  Delete "$INSTDIR\etoile.exe"
  Delete "$INSTDIR\etoile-tray.exe"
  RMDir /r "$INSTDIR\_internal"
!macroend

Section "Etoile" PROGRAM
  SectionIn RO
  ClearErrors
  CreateDirectory "$INSTDIR"
  FileOpen $R1 "$INSTDIR\writable" w
  ${If} ${Errors}
    !insertmacro FAIL "$(NO_WRITING)"
  ${EndIf}
  FileClose $R1
  Delete "$INSTDIR\writable"
  ${GetRoot} "$INSTDIR" $R4
  ${DriveSpace} "$R4\" "/D=F /S=M" $0
  IntOp $1 ${SIZE_KB} / 1024
  ${If} $0 < $1
    !insertmacro FAIL "$(NO_ROOM)"
  ${EndIf}

  ; What is there stays until the new one is whole; an installation that was broken off begins afresh.
  RMDir /r "$INSTDIR\new"
  SetOutPath "$INSTDIR\new"
  File /r "${PAYLOAD}\*"
  Call EndRunning
  !insertmacro REMOVE_PROGRAM
  SetOutPath "$INSTDIR"
  ClearErrors
  Rename "$INSTDIR\new\_internal" "$INSTDIR\_internal"
  Rename "$INSTDIR\new\etoile.exe" "$INSTDIR\etoile.exe"
  Rename "$INSTDIR\new\etoile-tray.exe" "$INSTDIR\etoile-tray.exe"
  ${If} ${Errors}
    !insertmacro FAIL "$(NOT_IN_PLACE)"
  ${EndIf}
  RMDir /r "$INSTDIR\new"

  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Etoile.lnk" "$INSTDIR\etoile-tray.exe"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Etoile"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\etoile-tray.exe"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The Etoile contributors"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" ${SIZE_KB}
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
SectionEnd

Section "$(AUTOSTART)" AUTOSTART_SECTION
SectionEnd

; The same value as `etoile autostart on` writes: the switch in the settings knows it.
Section "-autostart"
  ${If} ${SectionIsSelected} ${AUTOSTART_SECTION}
    WriteRegStr HKCU "${RUN}" "Etoile" '"$INSTDIR\etoile-tray.exe" --hidden'
  ${Else}
    DeleteRegValue HKCU "${RUN}" "Etoile"
  ${EndIf}
SectionEnd

; An upgrade keeps what the user chose; /AUTOSTART= says it for an installation without questions.
Function .onInit
  ReadRegStr $0 HKCU "${UNINSTALL}" "InstallLocation"
  ReadRegStr $1 HKCU "${RUN}" "Etoile"
  ${If} $0 != ""
  ${AndIf} $1 == ""
    !insertmacro UnselectSection ${AUTOSTART_SECTION}
  ${EndIf}
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/AUTOSTART=" $1
  ${IfNot} ${Errors}
    ${If} $1 == "0"
      !insertmacro UnselectSection ${AUTOSTART_SECTION}
    ${Else}
      !insertmacro SelectSection ${AUTOSTART_SECTION}
    ${EndIf}
  ${EndIf}
FunctionEnd

Section "Uninstall"
  Call un.EndRunning
  !insertmacro REMOVE_PROGRAM
  RMDir /r "$INSTDIR\new"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Etoile.lnk"
  DeleteRegValue HKCU "${RUN}" "Etoile"
  DeleteRegKey HKCU "${UNINSTALL}"
  DetailPrint "$(DATA_STAYS)"
  MessageBox MB_OK|MB_ICONINFORMATION "$(DATA_STAYS)" /SD IDOK
SectionEnd
