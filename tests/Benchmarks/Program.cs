using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using MemScope.Benchmarks.Engine;
using MemScope.Benchmarks.Ratios;
using MemScope.Benchmarks.Stacks;
using MemScope.Benchmarks.Symbols;
using MemScope.Benchmarks.Ui;

if (args is ["ratio", ..]) return RatioRun.Start(args[1..]);
if (args is ["engine", ..]) return await EngineRun.StartAsync(args[1..]);
if (args is ["stacks", ..]) return await StacksRun.StartAsync(args[1..]);
if (args is ["ui", ..]) return await UiRun.StartAsync(args[1..]);
if (args is ["symbols", "--lookups", var lookedUp]) return await SymbolLookups.StartAsync(lookedUp);
if (args is [SymbolLookups.Child, var served]) return await SymbolLookups.ServeAsync(served);
if (args is ["symbols", ..]) return await SymbolAgreement.StartAsync(args[1..]);
if (args is ["engine-peer", var connection]) return await PeerServer.RunAsync(connection);

// In this process: a generated project would have to restore packages by itself.
var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
return 0;
