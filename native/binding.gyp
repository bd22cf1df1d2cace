{
  "targets": [
    {
      "target_name": "landlock_run",
      "sources": [
        "addon/addon.c",
        "addon/arguments.c",
        "addon/caller.c",
        "addon/channel.c",
        "addon/known-environment.c",
        "addon/paths.c",
        "addon/spawning.c",
        "addon/values.c",
        "<!@(node -p \"require('fs').readdirSync('core').filter(name => name.endsWith('.c')).map(name => 'core/' + name).join(' ')\")"
      ],
      "defines": ["NAPI_VERSION=8"],
      "cflags": ["-std=c11", "-Wall", "-Wextra", "-Werror", "-O2", "-fvisibility=hidden"],
      "ldflags": ["-Wl,-z,relro,-z,now"]
    }
  ]
}
