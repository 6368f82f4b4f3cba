using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MemScope.Migrations.Files
{
    /// <inheritdoc />
    public partial class TraceAnchorOrigin : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<short>(
                name: "anchor_origin",
                table: "trace",
                type: "smallint",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "anchor_within_ms",
                table: "trace",
                type: "bigint",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "anchor_origin",
                table: "trace");

            migrationBuilder.DropColumn(
                name: "anchor_within_ms",
                table: "trace");
        }
    }
}
